package winback.profile.imports;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import winback.profile.imports.Lines.Line;

/** Rows of values with a separator between. A quote that is not closed spoils its own line and not the rest of the file. */
final class Table implements Rows {

    /** Most lines that a quoted value may span. */
    private static final int MAX_LINES = 100;

    private final Lines lines;
    private final boolean blanks;
    private final char separator;
    private final CSVFormat format;
    private final Deque<Line> ahead = new ArrayDeque<>();

    /**
     * @param delimiter {@code whitespace} for runs of blanks, {@code tab}, or one character
     */
    Table(Reader reader, String delimiter) {
        this.lines = new Lines(reader);
        this.blanks = delimiter.equals("whitespace");
        this.separator = delimiter.equals("tab") ? '\t' : blanks ? ' ' : delimiter.charAt(0);
        this.format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(separator)
                .setIgnoreEmptyLines(false)
                .get();
    }

    @Override
    public @Nullable Row next() throws IOException {
        Line line = line();
        while (line != null && line.text().isBlank() && !line.tooLong()) {
            line = line();
        }
        if (line == null) {
            return null;
        }
        if (line.tooLong()) {
            return Rows.tooLong(line.number());
        }
        if (blanks) {
            return new Row.Values(line.number(), List.of(line.text().strip().split("[ \\t]+")));
        }
        return line.text().indexOf('"') < 0 ? new Row.Values(line.number(), split(line.text())) : quoted(line);
    }

    /** The values of a row without quotes, which most rows are, at a tenth of the parser's price. */
    private List<String> split(String text) {
        List<String> values = new ArrayList<>();
        int begin = 0;
        for (int end = text.indexOf(separator); end >= 0; end = text.indexOf(separator, begin)) {
            values.add(text.substring(begin, end));
            begin = end + 1;
        }
        values.add(text.substring(begin));
        return values;
    }

    private Row quoted(Line first) throws IOException {
        StringBuilder row = new StringBuilder(first.text());
        boolean open = open(first.text(), false);
        Deque<Line> taken = new ArrayDeque<>();
        while (open) {
            Line more = taken.size() < MAX_LINES && row.length() < Lines.MAX_LENGTH ? line() : null;
            if (more == null || more.tooLong()) {
                if (more != null) {
                    taken.addLast(more);
                }
                return unreadable(first, taken);
            }
            taken.addLast(more);
            row.append('\n').append(more.text());
            open = open(more.text(), true);
        }
        try (CSVParser parser = CSVParser.parse(row.toString(), format)) {
            List<CSVRecord> records = parser.getRecords();
            return records.size() == 1
                    ? new Row.Values(first.number(), List.of(records.getFirst().values()))
                    : unreadable(first, taken);
        } catch (IOException | UncheckedIOException wrongQuoting) {
            return unreadable(first, taken);
        }
    }

    /** Only its own line is spoilt: what was taken for more of it is read again, as rows. */
    private Row unreadable(Line first, Deque<Line> taken) {
        while (!taken.isEmpty()) {
            ahead.addFirst(taken.removeLast());
        }
        return new Row.Unreadable(
                first.number(), "wrong-quoting", "a quote is not closed, or text follows a closed one");
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
        return waiting == null ? lines.next() : waiting;
    }
}
