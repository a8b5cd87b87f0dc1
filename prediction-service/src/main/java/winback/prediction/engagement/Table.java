package winback.prediction.engagement;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import winback.prediction.datasets.DataRefused;

/**
 * A file of rows under named columns, gzipped or not, separated by comma, semicolon or tab, whichever the header has most
 * of.
 *
 * @param columns of the header, all different
 * @param rows shape [n][columns]; an empty text is a gap
 */
record Table(String file, List<String> columns, List<String[]> rows) {

    /** @throws DataRefused with the line where the file is no such table */
    static Table read(Path path) throws IOException {
        String file = path.getFileName().toString();
        char separator = separator(path);
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setDelimiter(separator)
                .setTrim(true)
                .setIgnoreEmptyLines(true)
                .get();
        try (Reader text = open(path);
                CSVParser parser = format.parse(text)) {
            List<String> columns = null;
            List<String[]> rows = new ArrayList<>();
            for (CSVRecord record : parser) {
                if (columns == null) {
                    columns = List.of(record.values());
                    if (columns.stream().distinct().count() < columns.size()) {
                        throw new DataRefused(file + ": a column's name occurs twice in the header.");
                    }
                } else if (record.size() != columns.size()) {
                    throw new DataRefused("%s, line %d: %d values under %d columns."
                            .formatted(file, parser.getCurrentLineNumber(), record.size(), columns.size()));
                } else {
                    rows.add(record.values());
                }
            }
            if (columns == null || rows.isEmpty()) {
                throw new DataRefused(file + ": a header and at least one row are needed.");
            }
            return new Table(file, columns, rows);
        } catch (java.io.UncheckedIOException | IllegalStateException malformed) {
            throw new DataRefused(file + ": " + malformed.getMessage());
        }
    }

    private static Reader open(Path path) throws IOException {
        InputStream bytes = new BufferedInputStream(Files.newInputStream(path));
        bytes.mark(2);
        boolean zipped = bytes.read() == 0x1f && bytes.read() == 0x8b;
        bytes.reset();
        Reader text = new InputStreamReader(zipped ? new GZIPInputStream(bytes) : bytes, StandardCharsets.UTF_8);
        Reader marked = new java.io.BufferedReader(text);
        marked.mark(1);
        // A byte order mark is no part of the first name.
        if (marked.read() != '\uFEFF') {
            marked.reset();
        }
        return marked;
    }

    private static char separator(Path path) throws IOException {
        try (java.io.BufferedReader text = new java.io.BufferedReader(open(path))) {
            String header = text.readLine();
            char best = ',';
            long most = 0;
            for (char candidate : new char[] {',', ';', '\t'}) {
                long count = header == null
                        ? 0
                        : header.chars().filter(c -> c == candidate).count();
                if (count > most) {
                    most = count;
                    best = candidate;
                }
            }
            return best;
        }
    }

    int column(String name) {
        int column = columns.indexOf(name);
        if (column < 0) {
            throw new DataRefused(file + " has no column " + name + "; it has " + String.join(", ", columns) + ".");
        }
        return column;
    }

    /** Where a row stands, for messages: the header is line 1. */
    String place(int row) {
        return file + ", row " + (row + 1);
    }
}
