package winback.contracts;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An activity that changed a profile, published once more: counted once, under its canonical id. What learns from
 * responses listens to this and not to the raw activity.
 *
 * @param activityId the canonical id, {@code source:messageId} or {@code order:<orderId>}
 * @param name the event's name, absent for {@code IDENTIFY}
 * @param precision whether {@code at} tells the hour
 * @param machine whether a scanner or a privacy proxy made it rather than the person; such events are no evidence
 * @param machineRule the rule that caught a machine, such as {@code scanner-agent}; absent unless {@code machine}
 * @param decisionId the decision that the event answers, absent when the sender did not say
 * @param orderId absent for anything but orders, and for orders without one
 * @param amount of an order in {@code currency}, absent otherwise; negative for a refund
 * @param currency ISO 4217, present with {@code amount}
 * @param timezone the subscriber's IANA zone, absent when unknown
 */
public record ActivityApplied(
        String activityId,
        String subscriberId,
        ActivityType type,
        @Nullable String name,
        Instant at,
        TimePrecision precision,
        boolean machine,
        @Nullable String machineRule,
        @Nullable String decisionId,
        @Nullable String orderId,
        @Nullable BigDecimal amount,
        @Nullable String currency,
        @Nullable String timezone)
        implements Event {

    /** The same of the id that its subscriber goes by after a merge. */
    public ActivityApplied withSubscriberId(String subscriberId) {
        return subscriberId.equals(this.subscriberId)
                ? this
                : new ActivityApplied(
                        activityId,
                        subscriberId,
                        type,
                        name,
                        at,
                        precision,
                        machine,
                        machineRule,
                        decisionId,
                        orderId,
                        amount,
                        currency,
                        timezone);
    }

    @Override
    public EventType eventType() {
        return EventType.ACTIVITY_APPLIED;
    }

    @Override
    public String eventId() {
        return "applied:" + activityId;
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
