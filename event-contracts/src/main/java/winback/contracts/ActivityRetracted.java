package winback.contracts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An activity that was published as the person's turned out to be a machine's, such as the first click of a burst on all
 * links. Whoever counted its {@link ActivityApplied} takes it back, once.
 *
 * @param activityId as in {@link ActivityApplied#activityId()}
 * @param name as there
 * @param at as there
 * @param decisionId as there
 * @param machineRule the rule that caught it
 * @param timezone as there
 */
public record ActivityRetracted(
        String activityId,
        String subscriberId,
        ActivityType type,
        @Nullable String name,
        Instant at,
        TimePrecision precision,
        @Nullable String decisionId,
        String machineRule,
        @Nullable String timezone)
        implements Event {

    @Override
    public EventType eventType() {
        return EventType.ACTIVITY_RETRACTED;
    }

    @Override
    public String eventId() {
        return "retracted:" + activityId;
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
