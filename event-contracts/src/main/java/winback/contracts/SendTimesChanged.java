package winback.contracts;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When a subscriber tends to respond, and whether there may be mail at all.
 *
 * @param version grows with each change; readers ignore older ones
 * @param computedAt when it was computed
 * @param hourWeights shape [24]: share of responses by local hour, sums to 1; the subscriber's own history shrunk
 *     towards everybody's
 * @param bestHour local hour of the largest weight that lies outside quiet hours, 0 to 23
 * @param observations how many responses of the subscriber's own the weights rest on; 0 means everybody's alone
 * @param timezone the IANA zone of the hours, absent when unknown (then the deployment's zone is meant)
 * @param suppressed whether subscriber or address are on the suppression list; false in older events, which
 *     did not tell
 */
@SuppressWarnings("ArrayRecordComponent") // numeric vector by design; compared nowhere
public record SendTimesChanged(
        String subscriberId,
        long version,
        Instant computedAt,
        double[] hourWeights,
        int bestHour,
        long observations,
        @Nullable String timezone,
        Boolean suppressed)
        implements Event {

    /** What is absent is read as null. */
    public SendTimesChanged {
        suppressed = Objects.requireNonNullElse(suppressed, false);
    }

    @Override
    public EventType eventType() {
        return EventType.SEND_TIMES_CHANGED;
    }

    @Override
    public String eventId() {
        return "sendtimes:" + subscriberId + ":" + version;
    }

    @Override
    public Instant eventTime() {
        return computedAt;
    }

    @Override
    public String eventKey() {
        return subscriberId;
    }
}
