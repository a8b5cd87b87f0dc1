package winback.delivery.recipients;

import java.util.Collection;

/** Subscribers are gone. Heard within the transaction that removes them. */
public record RecipientsErased(Collection<String> subscriberIds) {}
