package winback.delivery.quiethours;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The local hours at which nobody is mailed.
 *
 * @param start first quiet hour, 0 to 23
 * @param end first hour that is open again, 0 to 23; before {@code start} it is the next day's; equal to {@code start}
 *     there are no quiet hours
 */
@ConfigurationProperties("winback.quiet-hours")
public record QuietHours(
        @DefaultValue("21") int start, @DefaultValue("8") int end) {

    public QuietHours {
        if (start < 0 || start > 23 || end < 0 || end > 23) {
            throw new IllegalArgumentException(
                    "winback.quiet-hours: start and end are hours from 0 to 23, not %d and %d".formatted(start, end));
        }
    }

    /** Whether that local hour is quiet. */
    public boolean quiet(int hour) {
        return start <= end ? hour >= start && hour < end : hour >= start || hour < end;
    }

    /** Whether it is quiet there at that instant. */
    public boolean quiet(Instant at, ZoneId zone) {
        return quiet(at.atZone(zone).getHour());
    }

    /** How many hours of a day are open, 1 to 24. */
    public int openHours() {
        return 24 - Math.floorMod(end - start, 24);
    }

    /** The instant itself when it is open there, else when the quiet hours that it lies in end. */
    public Instant open(Instant at, ZoneId zone) {
        Instant open = at;
        while (quiet(open, zone)) {
            open = nextEnd(open, zone);
        }
        return open;
    }

    /** The next time that a clock there shows {@code end}; where a clock change skips it, the first instant after. */
    private Instant nextEnd(Instant after, ZoneId zone) {
        LocalDate day = after.atZone(zone).toLocalDate();
        while (true) {
            ZonedDateTime end = ZonedDateTime.of(day, LocalTime.of(this.end, 0), zone);
            if (end.toInstant().isAfter(after)) {
                return end.toInstant();
            }
            // The hour happens twice where the clock goes back.
            Instant again = end.withLaterOffsetAtOverlap().toInstant();
            if (again.isAfter(after)) {
                return again;
            }
            day = day.plusDays(1);
        }
    }
}
