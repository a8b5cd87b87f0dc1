package winback.prediction.evaluation;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import winback.chassis.problems.Problem;

/** A moment as callers write it. */
public final class Cutoff {

    private Cutoff() {}

    /**
     * @param text an instant such as {@code 1997-03-31T12:00:00Z}, or a date, which means the end of that day in UTC
     * @param field for the problem, when it is neither
     */
    public static Instant parse(String text, String field) {
        try {
            return text.length() == 10 ? endOf(LocalDate.parse(text)) : Instant.parse(text);
        } catch (DateTimeParseException neither) {
            throw Problem.invalid(
                    field,
                    "wrong-value",
                    "expected a date such as 1997-03-31 or an instant such as 1997-03-31T12:00:00Z");
        }
    }

    /** The last microsecond, which is as fine as the database's time is. */
    static Instant endOf(LocalDate day) {
        return day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().minus(1, ChronoUnit.MICROS);
    }
}
