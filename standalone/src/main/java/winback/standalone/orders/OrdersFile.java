package winback.standalone.orders;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import winback.standalone.cli.CommandFailed;

/**
 * A text file with one order a row, gzipped or not, and how it is laid out. What the caller does not say is inferred from
 * the first hundred rows:
 *
 * <ul>
 *   <li>the delimiter is the one of comma, semicolon, tab and bar that splits every row into the most columns, else
 *       whitespace;
 *   <li>there is a header if the first row has no date and the second has one;
 *   <li>the columns come from the header's names, else from what they hold: the first column of dates is the time, the
 *       column before it (or the first other one) the customer, the last column of numbers the amount.
 * </ul>
 *
 * @param delimiter as the import wants it: a character, {@code tab} or {@code whitespace}
 * @param header whether the first row names the columns
 * @param columns as the import wants them: {@code customer=2,at=3,amount=5}
 * @param inferred what was inferred, as a sentence; empty when everything was given
 */
public record OrdersFile(Path path, String delimiter, boolean header, String columns, Optional<String> inferred) {

    private static final int SAMPLE = 100;
    private static final Set<String> CUSTOMER_NAMES = Set.of(
            "customer", "customerid", "customer_id", "user", "userid", "user_id", "subscriber", "subscriberid", "id");
    private static final Set<String> TIME_NAMES = Set.of(
            "at",
            "date",
            "time",
            "timestamp",
            "orderdate",
            "order_date",
            "orderedat",
            "ordered_at",
            "createdat",
            "created_at");
    private static final Set<String> AMOUNT_NAMES =
            Set.of("amount", "total", "price", "revenue", "spend", "value", "dollarvalue", "dollar_value", "sales");

    // 1900 to 2199, so that an eight-digit customer id is hardly ever taken for a day.
    private static final Pattern COMPACT_DAY = Pattern.compile("(19|20|21)\\d\\d(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])");
    private static final Pattern ISO =
            Pattern.compile("(19|20|21)\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])([T ].*)?");
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+([.,]\\d*)?|[.,]\\d+)");

    /**
     * Looks into the file.
     *
     * @param delimiter null to infer it
     * @param header null to infer it
     * @param columns null to infer them
     * @throws CommandFailed when the file cannot be read or its layout not be inferred
     */
    public static OrdersFile inspect(
            Path path, @Nullable String delimiter, @Nullable Boolean header, @Nullable String columns) {
        if (!Files.isRegularFile(path)) {
            throw new CommandFailed("There is no file " + path + ".");
        }
        List<String> lines = sample(path);
        if (lines.isEmpty()) {
            throw new CommandFailed("The file " + path + " is empty.");
        }
        String split = delimiter == null ? delimiter(lines) : delimiter;
        List<List<String>> rows = lines.stream().map(line -> cells(line, split)).toList();
        boolean named = header == null ? hasHeader(rows) : header;
        String where = columns == null ? columns(rows, named) : columns;
        List<String> guesses = new ArrayList<>();
        if (delimiter == null) {
            guesses.add("delimiter " + spoken(split));
        }
        if (header == null) {
            guesses.add(named ? "a header" : "no header");
        }
        if (columns == null) {
            guesses.add("columns " + where);
        }
        return new OrdersFile(
                path,
                split,
                named,
                where,
                guesses.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                "Inferred from %s: %s.".formatted(path.getFileName(), String.join(", ", guesses))));
    }

    /** The text of the file, inflated if it is gzipped, whatever its name says. */
    public InputStream open() throws IOException {
        return open(path);
    }

    private static InputStream open(Path path) throws IOException {
        BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
        raw.mark(2);
        boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
        raw.reset();
        return gzip ? new GZIPInputStream(raw, 1 << 16) : raw;
    }

    private static List<String> sample(Path path) {
        // Latin-1 reads any bytes; delimiters, digits and dates are the same in what the import can decode.
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(open(path), StandardCharsets.ISO_8859_1))) {
            List<String> lines = new ArrayList<>();
            for (String line = reader.readLine(); line != null && lines.size() < SAMPLE; line = reader.readLine()) {
                String text = lines.isEmpty() && line.startsWith("\u00ef\u00bb\u00bf") ? line.substring(3) : line;
                if (!text.isBlank()) {
                    lines.add(text);
                }
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }

    private static String delimiter(List<String> lines) {
        String best = "whitespace";
        int most = 1;
        for (String candidate : List.of(",", ";", "tab", "|")) {
            int fewest = lines.stream()
                    .mapToInt(line -> cells(line, candidate).size())
                    .min()
                    .orElse(1);
            if (fewest > most) {
                most = fewest;
                best = candidate;
            }
        }
        return best;
    }

    private static String spoken(String delimiter) {
        return switch (delimiter) {
            case "," -> "comma";
            case ";" -> "semicolon";
            case "|" -> "bar";
            default -> delimiter;
        };
    }

    /** The cells of a row, quotes removed; good enough to look at, the import reads by the book. */
    static List<String> cells(String line, String delimiter) {
        if (delimiter.equals("whitespace")) {
            return List.of(line.strip().split("\\s+"));
        }
        char separator = delimiter.equals("tab") ? '\t' : delimiter.charAt(0);
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (char c : line.toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                cells.add(cell.toString().strip());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString().strip());
        return cells;
    }

    private static boolean hasHeader(List<List<String>> rows) {
        return rows.size() > 1
                && rows.getFirst().stream().noneMatch(OrdersFile::isTime)
                && rows.get(1).stream().anyMatch(OrdersFile::isTime);
    }

    private static String columns(List<List<String>> rows, boolean named) {
        List<List<String>> data = named ? rows.subList(1, rows.size()) : rows;
        int width = data.stream().mapToInt(List::size).min().orElse(0);
        OptionalInt at = named(rows, named, TIME_NAMES, width);
        if (at.isEmpty()) {
            at = IntStream.range(0, width)
                    .filter(column -> data.stream().allMatch(row -> isTime(row.get(column))))
                    .findFirst();
        }
        if (at.isEmpty()) {
            throw unclear("no column holds dates (yyyyMMdd, yyyy-MM-dd or ISO)");
        }
        int time = at.getAsInt();
        int customer = named(rows, named, CUSTOMER_NAMES, width).orElse(time > 0 ? time - 1 : 1);
        int amount = named(rows, named, AMOUNT_NAMES, width)
                .orElseGet(() -> IntStream.range(0, width)
                        .map(column -> width - 1 - column)
                        .filter(column -> column != time && column != customer)
                        .filter(column -> data.stream()
                                .allMatch(row -> NUMBER.matcher(row.get(column)).matches()))
                        .findFirst()
                        .orElseThrow(() -> unclear("no column of numbers is left for the amount")));
        if (width < 3 || customer == time || customer == amount) {
            throw unclear("customer, time and amount are three columns");
        }
        return "customer=%d,at=%d,amount=%d".formatted(customer + 1, time + 1, amount + 1);
    }

    private static OptionalInt named(List<List<String>> rows, boolean named, Set<String> names, int width) {
        List<String> header = rows.getFirst();
        return IntStream.range(0, named ? Math.min(width, header.size()) : 0)
                .filter(column -> names.contains(header.get(column)
                        .toLowerCase(Locale.ROOT)
                        .replace(' ', '_')
                        .replace("-", "_")))
                .findFirst();
    }

    private static CommandFailed unclear(String why) {
        return new CommandFailed("Cannot infer the columns: " + why
                + ". Say which is which by name or number, such as --columns customer=1,at=3,amount=4.");
    }

    private static boolean isTime(String cell) {
        return COMPACT_DAY.matcher(cell).matches() || ISO.matcher(cell).matches();
    }
}
