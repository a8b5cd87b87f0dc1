package winback.contracts;

import java.time.Instant;

/**
 * The mail is to be sent now. Campaign schedulers consume this; a repeat after a crash has the same id.
 *
 * @param to the address
 * @param dueAt when it became due
 */
public record DeliveryDue(
        String deliveryId,
        String decisionId,
        String subscriberId,
        String campaignId,
        String variantId,
        String to,
        Instant dueAt,
        Mail mail)
        implements Event {

    /** The finished mail, byte for byte as decided. */
    public record Mail(String subject, String preheader, String html, String text) {}

    @Override
    public EventType eventType() {
        return EventType.DELIVERY_DUE;
    }

    @Override
    public String eventId() {
        return "due:" + deliveryId;
    }

    @Override
    public Instant eventTime() {
        return dueAt;
    }

    @Override
    public String eventKey() {
        return subscriberId;
    }
}
