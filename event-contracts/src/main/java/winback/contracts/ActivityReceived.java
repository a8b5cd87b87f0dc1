package winback.contracts;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call of the ingestion API or one imported row, accepted but not yet applied.
 *
 * @param subscriberId the {@code userId}, else the {@code anonymousId}
 * @param userId absent while the person is anonymous
 * @param anonymousId absent for server-side callers that know the person
 * @param source who sent it: {@code api:<key name>} or {@code import}; with {@code messageId} the identity for
 *     deduplication
 * @param messageId the sender's id of this message; for an imported row a hash of its content and its ordinal among
 *     equal rows
 * @param type the kind of Segment call
 * @param name the event's name for {@link ActivityType#TRACK}, such as {@code Order Completed}; the page's name for
 *     {@code PAGE} and {@code SCREEN}; otherwise absent
 * @param at when it happened, corrected for the sender's clock
 * @param precision whether {@code at} tells the hour
 * @param receivedAt when it reached us
 * @param timeAdjusted whether {@code at} differs from what the sender claimed beyond the clock correction (it lay in the
 *     future or was absurd, and was clamped to the time of receipt)
 * @param properties of the event, as sent
 * @param traits of the person, as sent
 * @param context library, device, ip and the like, as sent
 */
public record ActivityReceived(
        String subscriberId,
        @Nullable String userId,
        @Nullable String anonymousId,
        String source,
        String messageId,
        ActivityType type,
        @Nullable String name,
        Instant at,
        TimePrecision precision,
        Instant receivedAt,
        boolean timeAdjusted,
        Map<String, @Nullable Object> properties,
        Map<String, @Nullable Object> traits,
        Map<String, @Nullable Object> context)
        implements Event {

    @Override
    public EventType eventType() {
        return EventType.ACTIVITY_RECEIVED;
    }

    @Override
    public String eventId() {
        return source + ":" + messageId;
    }

    @Override
    public Instant eventTime() {
        return at;
    }

    @Override
    public String eventKey() {
        return subscriberId;
    }
}
