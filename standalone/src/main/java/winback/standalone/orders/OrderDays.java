package winback.standalone.orders;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.WrongCommandLine;

/**
 * The days on which a file has orders, looked at before it is imported; rows whose time is none that the import knows are
 * passed over here and rejected there.
 *
 * @param days ascending, at least one
 */
public record OrderDays(NavigableSet<LocalDate> days) {

    private static final int STRAGGLERS = 3;

    /**
     * Looks through the file.
     *
     * @throws CommandFailed when it lacks a column that is needed, or has no day in it
     */
    public static OrderDays of(OrdersFile file) {
        Charset charset = file.charset().map(Charset::forName).orElse(StandardCharsets.UTF_8);
        LocalDate tomorrow = LocalDate.now(ZoneOffset.UTC).plusDays(1);
        NavigableSet<LocalDate> days = new TreeSet<>();
        try (BufferedReader text = new BufferedReader(new InputStreamReader(OrdersFile.open(file.path()), charset))) {
            String first = text.readLine();
            column(file, first, "customer", "the customer");
            column(file, first, "amount", "the amount");
            int column = column(file, first, "at", "the time");
            String line = file.header() ? text.readLine() : first;
            while (line != null) {
                List<String> cells = OrdersFile.cells(line, file.delimiter());
                LocalDate day = column < cells.size() ? day(cells.get(column), tomorrow) : null;
                if (day != null) {
                    days.add(day);
                }
                line = text.readLine();
            }
        } catch (IOException e) {
            throw new CommandFailed("Cannot read " + file.path() + ": " + e.getMessage(), e);
        }
        if (days.isEmpty()) {
            throw new CommandFailed(
                    "No row of %s has a day in its column %s (yyyyMMdd, yyyy-MM-dd or ISO 8601): orders are needed."
                            .formatted(file.path(), given(file, "at", "the time")));
        }
        return new OrderDays(days);
    }

    /** The column as it was given or inferred: by name, or by number from 1. */
    private static String given(OrdersFile file, String field, String what) {
        return Stream.of(file.columns().split(",", -1))
                .map(String::strip)
                .filter(pair -> pair.startsWith(field + "="))
                .map(pair -> pair.substring(field.length() + 1).strip())
                .findFirst()
                .orElseThrow(() ->
                        new WrongCommandLine("--columns does not say which column is %s: %s=…".formatted(what, field)));
    }

    /** Its place, from 0. */
    private static int column(OrdersFile file, @Nullable String first, String field, String what) {
        String at = given(file, field, what);
        if (at.matches("[1-9]\\d{0,3}")) {
            return Integer.parseInt(at) - 1;
        }
        String head = first == null ? "" : first.startsWith("\ufeff") ? first.substring(1) : first;
        List<String> names = OrdersFile.cells(head, file.delimiter());
        return IntStream.range(0, names.size())
                .filter(place -> names.get(place).equalsIgnoreCase(at))
                .findFirst()
                .orElseThrow(() -> new CommandFailed(
                        "%s has no column '%s'; it has %s.".formatted(file.path(), at, String.join(", ", names))));
    }

    private static @Nullable LocalDate day(String cell, LocalDate tomorrow) {
        try {
            LocalDate day = cell.length() == 8
                    ? LocalDate.parse(cell, DateTimeFormatter.BASIC_ISO_DATE)
                    : cell.length() >= 10 ? LocalDate.parse(cell.substring(0, 10)) : null;
            return day == null || day.isBefore(LocalDate.EPOCH) || day.isAfter(tomorrow) ? null : day;
        } catch (DateTimeParseException noDay) {
            return null;
        }
    }

    public LocalDate first() {
        return days.first();
    }

    /** Those up to a day, of which there must be some. */
    public OrderDays until(LocalDate day) {
        return new OrderDays(days.headSet(day, true));
    }

    /**
     * The last day; but a few days far behind all others are passed over, since a mistyped date says nothing of the time
     * before it.
     *
     * @param silence the most days that may pass without an order
     */
    public LocalDate lastWithin(long silence) {
        LocalDate last = days.last();
        LocalDate day = last;
        for (int straggler = 0; straggler < STRAGGLERS; straggler++) {
            LocalDate before = days.lower(day);
            if (before == null) {
                break;
            }
            if (ChronoUnit.DAYS.between(before, day) > silence) {
                last = before;
            }
            day = before;
        }
        return last;
    }

    /** The most days that once passed from one day with an order to the next; 0 when there is but one. */
    public long longestSilence() {
        long longest = 0;
        LocalDate before = days.first();
        for (LocalDate day : days) {
            longest = Math.max(longest, ChronoUnit.DAYS.between(before, day));
            before = day;
        }
        return longest;
    }
}
