package winback.profile.ingestion;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** When something happened, from what the sender's clock says. */
final class Instants {

    /** Nothing that is sent live happened before; what claims to is clamped. History comes by import. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    /**
     * @param adjusted whether the sender's claim was not believed
     */
    record When(Instant at, boolean adjusted) {}

    private Instants() {}

    /**
     * As Segment does: {@code receivedAt − (sentAt − timestamp)}, so that a sender's wrong clock does not matter; without
     * {@code sentAt} the timestamp itself. What then lies after the receipt, before the year 2000, or cannot be read is
     * set to the receipt.
     */
    static When when(@Nullable JsonNode timestamp, @Nullable JsonNode sentAt, Instant receivedAt) {
        if (timestamp == null || timestamp.isNull()) {
            return new When(receivedAt, false);
        }
        Instant claimed = read(timestamp);
        if (claimed == null) {
            return new When(receivedAt, true);
        }
        Instant sent = sentAt == null ? null : read(sentAt);
        Instant at = sent == null ? claimed : receivedAt.minus(java.time.Duration.between(claimed, sent));
        return at.isAfter(receivedAt) || at.isBefore(EARLIEST)
                ? new When(receivedAt, true)
                : new When(at.truncatedTo(ChronoUnit.MILLIS), false);
    }

    /** ISO 8601 with an offset, or without one as UTC, or epoch milliseconds. */
    private static @Nullable Instant read(JsonNode value) {
        try {
            if (value.isIntegralNumber() && value.canConvertToLong()) {
                return bounded(Instant.ofEpochMilli(value.longValue()));
            }
            if (!value.isString() || value.stringValue().length() > 64) {
                return null;
            }
            String text = value.stringValue().strip();
            return bounded(
                    text.matches(".*(Z|z|[+-]\\d\\d(:?\\d\\d)?)$") && text.contains("T")
                            ? OffsetDateTime.parse(offsetWithColon(text)).toInstant()
                            : LocalDateTime.parse(text.length() == 10 ? text + "T12:00:00" : text.replace(' ', 'T'))
                                    .toInstant(ZoneOffset.UTC));
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    /** {@code +0200} and {@code +02} as {@code +02:00}. */
    private static String offsetWithColon(String text) {
        return text.replaceAll("([+-]\\d\\d)(\\d\\d)$", "$1:$2").replaceAll("(T.*[+-]\\d\\d)$", "$1:00");
    }

    /** Beyond these years differences of two instants overflow, and nobody means them. */
    private static @Nullable Instant bounded(Instant instant) {
        return Math.abs(instant.getEpochSecond()) > 400_000_000_000L ? null : instant;
    }
}
