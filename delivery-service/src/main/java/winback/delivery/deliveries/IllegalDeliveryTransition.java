package winback.delivery.deliveries;

/** A delivery was to become what it cannot become any more. */
final class IllegalDeliveryTransition extends IllegalStateException {

    private static final long serialVersionUID = 1;

    IllegalDeliveryTransition(String deliveryId, DeliveryState from, DeliveryState to) {
        super("delivery %s is %s and cannot become %s".formatted(deliveryId, from.wireName(), to.wireName()));
    }
}
