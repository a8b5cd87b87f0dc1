package winback.delivery.suppression;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the suppression list: a subscriber or an address, never both.
 *
 * @param suppressionId identifies the entry
 * @param subscriberId absent for an entry by address
 * @param addressHash SHA-256 of the lower-cased address in lower-case hex, absent for an entry by subscriber
 * @param reason {@code bounced}, {@code spam}, {@code unsubscribed} or {@code operator}
 * @param source {@code feedback}, or {@code key:} and the name of the key that asked
 */
record Suppression(
        String suppressionId,
        @Nullable String subscriberId,
        @Nullable String addressHash,
        String reason,
        String source,
        Instant suppressedAt) {}
