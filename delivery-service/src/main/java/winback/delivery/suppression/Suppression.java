package winback.delivery.suppression;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the suppression list: a subscriber or an address, never both.
 *
 * @param suppressionId identifies the entry
 * @param subscriberId absent for an entry by address
 * @param addressCode 64 hexadecimal digits that stand for the address, absent for an entry by subscriber
 * @param reason {@code bounced}, {@code spam}, {@code unsubscribed} or {@code operator}
 * @param source {@code feedback}, or {@code key:} and the name of the key that asked
 */
record Suppression(
        String suppressionId,
        @Nullable String subscriberId,
        @Nullable String addressCode,
        String reason,
        String source,
        Instant suppressedAt) {}
