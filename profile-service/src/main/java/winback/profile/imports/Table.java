package winback.profile.imports;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a text file, read one by one. A row that cannot be read is said to be so and the next one is read: a quote
 * that is never closed spoils its own line and not the rest of the file.
 */
final class Table {

    /** A row with its values, or what is wrong with it. */
    sealed interface Row {
        /** The line on which the row begins, from 1. */
        long line();

        record Values(long line, List<String> values) implements Row {}

        record Unreadable(long line, String code, String detail) implements Row {}
    }

    private record Line(long number, String text, boolean tooLong) {}

    /** Longest row in characters, and most lines that a quoted value may span. */
    private static final int MAX_ROW = 65_536;

    private static final int MAX_LINES = 100;

    private final BufferedReader reader;
    private final boolean blanks;
    private final char separator;
    private final CSVFormat format;
    private final Deque<Line> ahead = new ArrayDeque<>();
    private long lines;

    /**
     * @param delimiter {@code whitespace} for runs of blanks, {@code tab}, or one character
     */
    Table(Reader reader, String delimiter) {
        this.reader = reader instanceof BufferedReader buffered ? buffered : new BufferedReader(reader, 65_536);
        this.blanks = delimiter.equals("whitespace");
        this.separator = delimiter.equals("tab") ? '\t' : blanks ? ' ' : delimiter.charAt(0);
        this.format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(separator)
                .setIgnoreEmptyLines(false)
                .get();
    }

    /** The next row that is not empty; null at the end. */
    @Nullable
    Row next() throws IOException {
        Line line = line();
        while (line != null && line.text().isBlank() && !line.tooLong()) {
            line = line();
        }
        if (line == null) {
            return null;
        }
        if (line.tooLong()) {
            return new Row.Unreadable(line.number(), "too-long", "a row has at most " + MAX_ROW + " characters");
        }
        if (blanks) {
            return new Row.Values(line.number(), List.of(line.text().strip().split("[ \\t]+")));
        }
        return quoted(line);
    }

    private Row quoted(Line first) throws IOException {
        StringBuilder row = new StringBuilder(first.text());
        boolean open = open(first.text(), false);
        Deque<Line> taken = new ArrayDeque<>();
        while (open) {
            Line more = taken.size() < MAX_LINES && row.length() < MAX_ROW ? line() : null;
            if (more == null || more.tooLong()) {
                if (more != null) {
                    taken.addLast(more);
                }
                // The quote never closes: only its own line is spoilt.
                while (!taken.isEmpty()) {
                    ahead.addFirst(taken.removeLast());
                }
                return unreadable(first.number());
            }
            taken.addLast(more);
            row.append('\n').append(more.text());
            open = open(more.text(), true);
        }
        try (CSVParser parser = CSVParser.parse(row.toString(), format)) {
            List<CSVRecord> records = parser.getRecords();
            return records.size() == 1
                    ? new Row.Values(first.number(), List.of(records.getFirst().values()))
                    : unreadable(first.number());
        } catch (IOException | UncheckedIOException wrongQuoting) {
            return unreadable(first.number());
        }
    }

    private static Row unreadable(long line) {
        return new Row.Unreadable(line, "wrong-quoting", "a quote is not closed, or text follows a closed one");
    }

    /** Whether a quoted value is still open at the end of the line. */
    private boolean open(String line, boolean openBefore) {
        boolean open = openBefore;
        boolean start = !openBefore;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (open) {
                if (c == '"') {
                    if (i + 1 < line.length() && line.charAt(i + 1) == '"') {
                        i++;
                    } else {
                        open = false;
                    }
                }
            } else if (c == separator) {
                start = true;
            } else {
                open = start && c == '"';
                start = false;
            }
        }
        return open;
    }

    private @Nullable Line line() throws IOException {
        Line waiting = ahead.pollFirst();
        if (waiting != null) {
            return waiting;
        }
        StringBuilder text = new StringBuilder();
        boolean tooLong = false;
        int c;
        while ((c = reader.read()) >= 0 && c != '\n') {
            if (text.length() < MAX_ROW) {
                text.append((char) c);
            } else {
                tooLong = true;
            }
        }
        if (c < 0 && text.isEmpty()) {
            return null;
        }
        if (!text.isEmpty() && text.charAt(text.length() - 1) == '\r') {
            text.setLength(text.length() - 1);
        }
        lines++;
        if (lines == 1 && !text.isEmpty() && text.charAt(0) == '\uFEFF') {
            text.deleteCharAt(0);
        }
        return new Line(lines, text.toString(), tooLong);
    }
}
