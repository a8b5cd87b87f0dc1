package winback.standalone.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns: the first to the left, the others to the right, but for remarks at the end. */
public final class Table {

    private final List<List<String>> rows = new ArrayList<>();
    private final int remarks;

    public Table() {
        this(Integer.MAX_VALUE);
    }

    /**
     * @param remarks the first column, from 0, that is to the left again
     */
    public Table(int remarks) {
        this.remarks = remarks;
    }

    public Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    public Table row(List<String> cells) {
        rows.add(List.copyOf(cells));
        return this;
    }

    /** The lines, without a line end after the last. */
    @Override
    public String toString() {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int column = 0; column < row.size(); column++) {
                if (column == widths.size()) {
                    widths.add(0);
                }
                widths.set(column, Math.max(widths.get(column), row.get(column).length()));
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                String padding = " ".repeat(widths.get(column) - cell.length());
                boolean left = column == 0 || column >= remarks;
                line.append(column == 0 ? "" : "  ").append(left ? cell + padding : padding + cell);
            }
            text.append(text.isEmpty() ? "" : "\n").append(line.toString().stripTrailing());
        }
        return text.toString();
    }
}
