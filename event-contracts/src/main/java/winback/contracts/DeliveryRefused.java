package winback.contracts;

import java.time.Instant;

/**
 * A delivery that will not happen.
 *
 * @param reason such as {@code no-consent}, {@code suppressed}, {@code no-address}, {@code expired}
 */
public record DeliveryRefused(
        String deliveryId, String decisionId, String subscriberId, String campaignId, Instant refusedAt, String reason)
        implements Event {

    @Override
    public EventType eventType() {
        return EventType.DELIVERY_REFUSED;
    }

    @Override
    public String eventId() {
        return "refused:" + deliveryId;
    }

    @Override
    public Instant eventTime() {
        return refusedAt;
    }

    @Override
    public String eventKey() {
        return subscriberId;
    }
}
