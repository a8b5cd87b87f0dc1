package winback.delivery.suppression;

import java.util.Collection;

/**
 * What is on the list for these subscribers, or for their addresses, has changed. Heard within the transaction that changes
 * it.
 */
public record SuppressionsChanged(Collection<String> subscriberIds) {}
