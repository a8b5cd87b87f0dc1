package winback.contracts;

import java.time.Instant;

/**
 * A subscriber is to be forgotten. Whoever hears it removes what it holds of the id at once, tables, caches and files;
 * topics lose it by their retention, until {@code completeBy}. What is older than {@code erasedAt} and arrives later is
 * dropped.
 *
 * @param erasedAt when it was asked for
 * @param completeBy when nothing may be left, this event included
 */
public record SubscriberErased(String subscriberId, Instant erasedAt, Instant completeBy) implements Event {

    @Override
    public EventType eventType() {
        return EventType.SUBSCRIBER_ERASED;
    }

    @Override
    public String eventId() {
        return "erased:" + subscriberId + ":" + erasedAt.toEpochMilli();
    }

    @Override
    public Instant eventTime() {
        return erasedAt;
    }

    @Override
    public String eventKey() {
        return subscriberId;
    }
}
