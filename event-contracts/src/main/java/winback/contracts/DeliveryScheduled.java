package winback.contracts;

import java.time.Instant;

/**
 * The promise of a delivery: it will be due at that time unless consent or suppression changes first.
 *
 * @param deliveryId equal for all events of one delivery
 * @param dueAt when it will be due; a later event of the same delivery replaces it (a cap or quiet hours moved it)
 * @param scheduledAt when this was promised
 * @param reason why that time, such as {@code best-hour}, {@code immediate}, {@code quiet-hours}, {@code cap}
 */
public record DeliveryScheduled(
        String deliveryId,
        String decisionId,
        String subscriberId,
        String campaignId,
        Instant dueAt,
        Instant scheduledAt,
        String reason)
        implements Event {

    @Override
    public EventType eventType() {
        return EventType.DELIVERY_SCHEDULED;
    }

    @Override
    public String eventId() {
        return "scheduled:" + deliveryId + ":" + dueAt.toEpochMilli();
    }

    @Override
    public Instant eventTime() {
        return scheduledAt;
    }

    @Override
    public String eventKey() {
        return subscriberId;
    }
}
