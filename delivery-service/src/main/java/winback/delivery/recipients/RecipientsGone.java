package winback.delivery.recipients;

import java.util.Collection;

/**
 * Profiles were removed: by a merge or an erasure, which {@code winback.identities} tells, perhaps later. Heard within the
 * transaction that removes them.
 */
public record RecipientsGone(Collection<String> subscriberIds) {}
