package winback.standalone.orders;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.WrongCommandLine;

/**
 * A text file with one order a row, gzipped or not, and how it is laid out. What the caller does not say is inferred from
 * the first hundred rows, of which some may be bad:
 *
 * <ul>
 *   <li>there is a header if the columns are given by name; else if the first row has no date, and a later one has or a
 *       name in the first is that of a time;
 *   <li>the delimiter is the first of comma, semicolon, tab, bar and whitespace by which the header has all named columns;
 *       else the one of the first four that splits the first row and half of the others into the most columns, else
 *       whitespace;
 *   <li>the columns come from the header's names, else from what they hold: the column with the most dates, the first of
 *       such, is the time, the column before it (or the first other one) the customer, the column with the most numbers,
 *       the last of such, the amount.
 * </ul>
 *
 * @param delimiter as the import wants it: a character, {@code tab} or {@code whitespace}
 * @param header whether the first row names the columns
 * @param columns as the import wants them: {@code customer=2,at=3,amount=5}
 * @param charset as given, empty for UTF-8
 * @param inferred what was inferred, as a sentence; empty when everything was given
 */
public record OrdersFile(
        Path path,
        String delimiter,
        boolean header,
        String columns,
        Optional<String> charset,
        Optional<String> inferred) {

    private static final int SAMPLE = 100;
    private static final String WHITESPACE = "whitespace";
    private static final List<String> SEPARATORS = List.of(",", ";", "tab", "|");
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
     * @param charset null for UTF-8
     * @throws CommandFailed when the file cannot be read or its layout not be inferred
     */
    public static OrdersFile inspect(
            Path path,
            @Nullable String delimiter,
            @Nullable Boolean header,
            @Nullable String columns,
            @Nullable String charset) {
        if (Files.isDirectory(path)) {
            throw new WrongCommandLine(path + " is a directory.");
        }
        if (!Files.exists(path)) {
            throw new WrongCommandLine("There is no file " + path + ".");
        }
        if (delimiter != null && delimiter.length() != 1 && !delimiter.equals("tab") && !delimiter.equals(WHITESPACE)) {
            throw new WrongCommandLine("--delimiter is one character, tab or whitespace, not '" + delimiter + "'");
        }
        List<String> lines = sample(path, charset);
        if (lines.isEmpty()) {
            throw new CommandFailed("The file " + path + " is empty.");
        }
        List<String> names = names(columns);
        String split = delimiter == null ? delimiter(lines, names) : delimiter;
        List<List<String>> rows = lines.stream().map(line -> cells(line, split)).toList();
        boolean named = header == null ? !names.isEmpty() || hasHeader(rows) : header;
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
                Optional.ofNullable(charset),
                guesses.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                "Inferred from %s: %s.".formatted(path.getFileName(), String.join(", ", guesses))));
    }

    /** The text of a file, inflated if it is gzipped, whatever its name says. */
    static InputStream open(Path path) throws IOException {
        BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
        raw.mark(2);
        boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
        raw.reset();
        return gzip ? new GZIPInputStream(raw, 1 << 16) : raw;
    }

    private static List<String> sample(Path path, @Nullable String charset) {
        try (BufferedInputStream text = new BufferedInputStream(open(path))) {
            if (charset == null && beginsAsUtf16(text)) {
                throw new CommandFailed(path + " is UTF-16 text. Convert it to UTF-8, or give --charset UTF-16.");
            }
            // What cannot be decoded is replaced, which changes no delimiter, digit or date.
            BufferedReader reader = new BufferedReader(new InputStreamReader(text, charset(charset)));
            List<String> lines = new ArrayList<>();
            for (String line = reader.readLine(); line != null && lines.size() < SAMPLE; line = reader.readLine()) {
                String row = lines.isEmpty() && line.startsWith("\ufeff") ? line.substring(1) : line;
                if (!row.isBlank()) {
                    lines.add(row);
                }
            }
            return lines;
        } catch (IOException e) {
            throw new CommandFailed("Cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    private static boolean beginsAsUtf16(BufferedInputStream text) throws IOException {
        text.mark(2);
        int first = text.read();
        int second = text.read();
        text.reset();
        return first == 0xfe && second == 0xff || first == 0xff && second == 0xfe;
    }

    private static Charset charset(@Nullable String name) {
        try {
            return name == null ? StandardCharsets.UTF_8 : Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            throw new WrongCommandLine(
                    "--charset is a character set such as UTF-8 or ISO-8859-1, not '" + name + "'", unknown);
        }
    }

    /** The columns that are given by name, not by number. */
    private static List<String> names(@Nullable String columns) {
        return columns == null
                ? List.of()
                : Stream.of(columns.split(",", -1))
                        .map(pair -> pair.substring(pair.indexOf('=') + 1).strip())
                        .filter(column -> !column.matches("\\d*"))
                        .toList();
    }

    private static String delimiter(List<String> lines, List<String> names) {
        if (!names.isEmpty()) {
            Optional<String> finds = Stream.concat(SEPARATORS.stream(), Stream.of(WHITESPACE))
                    .filter(candidate -> hasAll(cells(lines.getFirst(), candidate), names))
                    .findFirst();
            return finds.orElseGet(() -> widest(lines.subList(0, 1)));
        }
        return widest(lines);
    }

    private static boolean hasAll(List<String> header, List<String> names) {
        return names.stream().allMatch(name -> header.stream().anyMatch(name::equalsIgnoreCase));
    }

    private static String widest(List<String> lines) {
        String best = WHITESPACE;
        int most = 1;
        for (String candidate : SEPARATORS) {
            int[] widths = lines.stream()
                    .mapToInt(line -> cells(line, candidate).size())
                    .toArray();
            // A header without the delimiter tells as much as most rows do; one bad row tells nothing.
            int width = Math.min(widths[0], IntStream.of(widths).sorted().toArray()[widths.length / 2]);
            if (width > most) {
                most = width;
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
        if (delimiter.equals(WHITESPACE)) {
            return List.of(line.strip().split("\\s+"));
        }
        char separator = delimiter.equals("tab") ? '\t' : delimiter.charAt(0);
        // A quote that is never closed is a bad one, and none.
        boolean quotes = line.chars().filter(c -> c == '"').count() % 2 == 0;
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (char c : line.toCharArray()) {
            if (c == '"') {
                quoted = quotes && !quoted;
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
        List<String> first = rows.getFirst();
        return first.stream().noneMatch(OrdersFile::isTime)
                && (named(rows, true, TIME_NAMES, first.size()).isPresent()
                        || rows.stream().skip(1).anyMatch(row -> row.stream().anyMatch(OrdersFile::isTime)));
    }

    private static String columns(List<List<String>> rows, boolean named) {
        int[] widths = rows.stream().mapToInt(List::size).sorted().toArray();
        int width = named ? rows.getFirst().size() : widths[widths.length / 2];
        List<List<String>> data = rows.stream()
                .skip(named ? 1 : 0)
                .filter(row -> row.size() >= width)
                .toList();
        int time = named(rows, named, TIME_NAMES, width)
                .orElseGet(() -> fullest(data, IntStream.range(0, width).boxed(), OrdersFile::isTime)
                        .orElseThrow(() -> unclear("no column holds dates (yyyyMMdd, yyyy-MM-dd or ISO)")));
        int customer = named(rows, named, CUSTOMER_NAMES, width).orElse(time > 0 ? time - 1 : 1);
        int amount = named(rows, named, AMOUNT_NAMES, width)
                .orElseGet(() -> fullest(
                                data,
                                IntStream.range(0, width)
                                        .mapToObj(column -> width - 1 - column)
                                        .filter(column -> column != time && column != customer),
                                cell -> NUMBER.matcher(cell).matches())
                        .orElseThrow(() -> unclear("no column of numbers is left for the amount")));
        if (width < 3 || customer == time || customer == amount) {
            throw unclear("customer, time and amount are three columns");
        }
        return "customer=%d,at=%d,amount=%d".formatted(customer + 1, time + 1, amount + 1);
    }

    /** The first of the columns with the most such cells, if that is at least half of them. */
    private static Optional<Integer> fullest(
            List<List<String>> data, Stream<Integer> columns, Predicate<String> isSuch) {
        record Column(int place, long count) {}
        return columns.map(place -> new Column(
                        place,
                        data.stream().filter(row -> isSuch.test(row.get(place))).count()))
                .filter(column -> column.count() > 0 && column.count() * 2 >= data.size())
                .sorted(Comparator.comparingLong(Column::count).reversed())
                .findFirst()
                .map(Column::place);
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
