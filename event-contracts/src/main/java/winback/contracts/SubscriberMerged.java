package winback.contracts;

import java.time.Instant;

/**
 * Two ids turned out to be one person. Everything held for {@code from} now belongs to {@code into}; later activity of
 * {@code from} resolves to {@code into}, and {@code from} is removed from the compacted topics. Where the two disagree
 * on a consent, the stricter one holds.
 *
 * @param from the id that is given up, such as an anonymous one
 * @param into the id that stays; never itself merged away when this is published
 * @param at when the merge was made
 */
public record SubscriberMerged(String from, String into, Instant at) implements Event {

    @Override
    public EventType eventType() {
        return EventType.SUBSCRIBER_MERGED;
    }

    @Override
    public String eventId() {
        return "merged:" + from + ":" + into;
    }

    @Override
    public Instant eventTime() {
        return at;
    }

    @Override
    public String eventKey() {
        return from;
    }
}
