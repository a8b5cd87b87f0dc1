package winback.prediction.engagement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table as features. A column of numbers, but for a cell in twenty, is a feature as it is, a gap or what is no finite number NaN; where
 * it has few different values it is taken for codes too. A code, or a column of texts, becomes one feature of 0 and 1
 * for each value that is common enough, and one that says how common the value is. A column of texts that is different in
 * nearly every row names the row and says nothing about others: it is left out.
 */
final class TableEncoding {

    /** Numbers of so many different values are taken for codes too. */
    private static final int MOST_CODES = 20;

    /** Values of a column that get a feature of their own. */
    private static final int MOST_VALUES = 40;

    /** Rows of a value that gets one. */
    private static final int LEAST_ROWS = 20;

    /** The share of cells that may be no number in a column of numbers. */
    private static final double STRAY = .05;

    /** A column of texts with more different values a row than this names the row. */
    private static final double NAMES = .5;

    /** What spreadsheets and data frames write for a value that they do not have. */
    private static final Set<String> NOTHING = Set.of("na", "n/a", "nan", "null", "none");

    private static final Set<String> INFINITIES = Set.of("inf", "+inf", "-inf");

    /** @param shares of the values in the training rows */
    private record Column(int place, boolean number, List<String> values, Map<String, Float> shares) {}

    private final List<Column> columns;
    private final List<String> names;
    private final List<String> leftOut;

    private TableEncoding(List<Column> columns, List<String> names, List<String> leftOut) {
        this.columns = columns;
        this.names = names;
        this.leftOut = leftOut;
    }

    /** @param label the column that is predicted */
    static TableEncoding of(Table table, int label) {
        List<Column> columns = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (int place = 0; place < table.columns().size(); place++) {
            if (place == label) {
                continue;
            }
            String name = table.columns().get(place);
            Column column = column(table, place);
            if (column == null) {
                leftOut.add(name);
                continue;
            }
            columns.add(column);
            if (column.number()) {
                names.add(name);
            }
            column.values().forEach(value -> names.add(name + "=" + value));
            if (!column.shares().isEmpty()) {
                names.add("share of " + name);
            }
        }
        return new TableEncoding(List.copyOf(columns), List.copyOf(names), List.copyOf(leftOut));
    }

    private static @Nullable Column column(Table table, int place) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        int filled = 0;
        int stray = 0;
        Set<Float> numbers = new HashSet<>();
        for (String[] row : table.rows()) {
            String value = row[place];
            counts.merge(value, 1, Integer::sum);
            if (!isGap(value)) {
                filled++;
                Float parsed = number(value);
                if (parsed == null) {
                    stray++;
                } else if (numbers.size() <= MOST_CODES) {
                    numbers.add(parsed);
                }
            }
        }
        boolean number = stray <= STRAY * filled;
        int rows = table.rows().size();
        if (counts.size() == 1) {
            return null;
        }
        if (number && numbers.size() > MOST_CODES) {
            return new Column(place, true, List.of(), Map.of());
        }
        if (!number && counts.size() > NAMES * rows) {
            return null;
        }
        List<String> values = counts.entrySet().stream()
                .filter(count -> count.getValue() >= LEAST_ROWS)
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(MOST_VALUES)
                .map(Map.Entry::getKey)
                .toList();
        Map<String, Float> shares = new HashMap<>();
        if (!number && values.size() < counts.size()) {
            counts.forEach((value, count) -> shares.put(value, (float) count / rows));
        }
        return new Column(place, number, counts.size() == 2 && number ? List.of() : values, Map.copyOf(shares));
    }

    /** What of a table cannot be used though it is written there, in sentences; its columns are those of the training rows. */
    List<String> unusable(Table table) {
        List<String> sentences = new ArrayList<>();
        for (Column column : columns) {
            int rows = table.rows().size();
            int unusable = 0;
            int first = -1;
            for (int row = 0; row < rows; row++) {
                String value = table.rows().get(row)[column.place()];
                boolean lost = column.number()
                        ? !isBlank(value) && number(value) == null
                        : !isBlank(value)
                                && !column.values().contains(value)
                                && !column.shares().containsKey(value);
                if (lost) {
                    first = unusable == 0 ? row : first;
                    unusable++;
                }
            }
            if (unusable > 0) {
                sentences.add("%s: of column %s %s of %,d cells %s, the first in row %,d."
                        .formatted(
                                table.file(),
                                table.columns().get(column.place()),
                                unusable == rows ? "all" : "%,d".formatted(unusable),
                                rows,
                                column.number()
                                        ? "are no finite numbers and taken as gaps"
                                        : "have a value that was not learned from",
                                first + 1));
            }
        }
        return sentences;
    }

    private static boolean isBlank(String text) {
        return text.isEmpty() || NOTHING.contains(text.toLowerCase(Locale.ROOT));
    }

    /** Also an overflow, and what spreadsheets and data frames write for a value that they do not have. */
    private static boolean isGap(String text) {
        if (isBlank(text) || INFINITIES.contains(text.toLowerCase(Locale.ROOT))) {
            return true;
        }
        try {
            return !Float.isFinite(Float.parseFloat(text));
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }

    private static @Nullable Float number(String text) {
        try {
            float value = Float.parseFloat(text);
            return Float.isFinite(value) && !text.endsWith("f") && !text.endsWith("d") ? value : null;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    /** Shape [p]. */
    List<String> names() {
        return names;
    }

    /** Columns that say nothing: constant, or the names of rows. */
    List<String> leftOut() {
        return leftOut;
    }

    /**
     * @param row of a table with the same columns
     * @return shape [p]
     */
    float[] apply(String[] row) {
        float[] features = new float[names.size()];
        int at = 0;
        for (Column column : columns) {
            String value = row[column.place()];
            if (column.number()) {
                Float number = number(value);
                features[at++] = number == null ? Float.NaN : number;
            }
            for (String known : column.values()) {
                features[at++] = value.equals(known) ? 1 : 0;
            }
            if (!column.shares().isEmpty()) {
                features[at++] = column.shares().getOrDefault(value, 0f);
            }
        }
        return features;
    }
}
