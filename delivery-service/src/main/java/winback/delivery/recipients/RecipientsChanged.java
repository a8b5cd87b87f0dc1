package winback.delivery.recipients;

import java.util.List;

/** Profiles arrived. Heard within the transaction that stores them. */
public record RecipientsChanged(List<Recipient> recipients) {}
