package winback.profile.ingestion;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import winback.contracts.TimePrecision;

/** When something happened, from what the sender's clock says. */
final class Instants {

    /** As far as a clock that is only wrong may be ahead. */
    private static final Duration SKEW = Duration.ofDays(1);

    /**
     * @param adjusted whether the sender's claim was not believed
     */
    record When(Instant at, TimePrecision precision, boolean adjusted) {}

    private Instants() {}

    /**
     * As Segment does: {@code receivedAt − (sentAt − timestamp)}, so that a sender's wrong clock does not matter; the
     * timestamp itself without a {@code sentAt}, or with one that makes a credible timestamp absurd. What then lies up to
     * a day after the receipt is set to the receipt. A day alone is its noon in UTC, and needs no correction.
     *
     * @param field where the timestamp stands
     * @throws Refusal if the timestamp cannot be read or is absurd
     */
    static When when(String field, @Nullable JsonNode timestamp, @Nullable JsonNode sentAt, Instant receivedAt)
            throws Refusal {
        if (timestamp == null || timestamp.isNull()) {
            return new When(receivedAt, TimePrecision.INSTANT, false);
        }
        LocalDate day = day(timestamp);
        if (day != null) {
            return noon(field, day, receivedAt);
        }
        Instant claimed = instant(timestamp);
        if (claimed == null) {
            throw new Refusal(field, "bad-timestamp", "must be ISO 8601, such as 2026-11-24T08:00:00Z or 2026-11-24");
        }
        Instant sent = sentAt == null ? null : instant(sentAt);
        Instant at = sent == null ? claimed : receivedAt.minus(Duration.between(claimed, sent));
        if (!credible(at, receivedAt)) {
            at = claimed;
        }
        if (!credible(at, receivedAt)) {
            throw outOfRange(field);
        }
        return at.isAfter(receivedAt)
                ? new When(receivedAt, TimePrecision.INSTANT, true)
                : new When(at.truncatedTo(ChronoUnit.MILLIS), TimePrecision.INSTANT, false);
    }

    /** Never later than the receipt; a day that has begun somewhere on earth only is adjusted. */
    private static When noon(String field, LocalDate day, Instant receivedAt) throws Refusal {
        Instant start = day.atStartOfDay().toInstant(ZoneOffset.UTC);
        if (!credible(start, receivedAt)) {
            throw outOfRange(field);
        }
        Instant noon = day.atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC);
        return new When(noon.isAfter(receivedAt) ? receivedAt : noon, TimePrecision.DAY, start.isAfter(receivedAt));
    }

    private static boolean credible(Instant at, Instant receivedAt) {
        return !at.isBefore(Instant.EPOCH) && !at.isAfter(receivedAt.plus(SKEW));
    }

    private static Refusal outOfRange(String field) {
        return new Refusal(field, "timestamp-out-of-range", "must lie between 1970 and a day from now");
    }

    private static @Nullable LocalDate day(JsonNode value) {
        try {
            return value.isString() && value.stringValue().strip().length() == 10
                    ? LocalDate.parse(value.stringValue().strip())
                    : null;
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    /** ISO 8601 with an offset, or without one as UTC. */
    private static @Nullable Instant instant(JsonNode value) {
        if (!value.isString() || value.stringValue().length() > 64) {
            return null;
        }
        try {
            String text = value.stringValue().strip().toUpperCase(Locale.ROOT).replace(' ', 'T');
            return bounded(
                    text.matches(".*T.*(Z|[+-]\\d\\d(:?\\d\\d)?)")
                            ? OffsetDateTime.parse(offsetWithColon(text)).toInstant()
                            : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC));
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
