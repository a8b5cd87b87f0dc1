package winback.delivery.identities;

/** What is held of the one id belongs to the other. Heard within the transaction that notes it. */
public record SubscriberMoved(String from, String into) {}
