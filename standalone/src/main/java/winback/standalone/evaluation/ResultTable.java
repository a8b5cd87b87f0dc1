package winback.standalone.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import winback.standalone.cli.Table;

/**
 * An evaluation's result as a person reads it: what was split how, one row a method, then one row a group of features where
 * its importance was measured.
 */
public final class ResultTable {

    /** What comes first, in this order: the answer may carry its properties in any. */
    private static final List<String> ORDER = List.of(
            "task",
            "split",
            "trainCutoff",
            "testCutoff",
            "horizonDays",
            "labelDays",
            "population",
            "name",
            "gini",
            "giniInterval",
            "rmse",
            "ratio",
            "auc",
            "aucInterval",
            "brier",
            "ece",
            "eceByChance",
            "eceEqualMass",
            "accuracy",
            "precision",
            "recall",
            "f1",
            "group",
            "missionWeight",
            "share",
            "lower",
            "upper",
            "lossIncrease",
            "features",
            "varying",
            "loss",
            "mean",
            "rows",
            "repeats");

    private static final Set<String> BELOW = Set.of("methods", "importanceBasis", "importanceByGroup");

    private ResultTable() {}

    private static List<Map.Entry<String, JsonNode>> properties(JsonNode node) {
        return node.properties().stream()
                .sorted(Comparator.comparingInt(property -> place(property.getKey())))
                .toList();
    }

    private static int place(String name) {
        int place = ORDER.indexOf(name);
        return place < 0 ? ORDER.size() : place;
    }

    /** The lines, without a line end after the last. */
    public static String of(JsonNode result) {
        StringBuilder text = new StringBuilder();
        properties(result).forEach(property -> {
            if (!BELOW.contains(property.getKey())) {
                text.append("%-12s %s%n".formatted(property.getKey(), plain(property.getValue())));
            }
        });
        text.append('\n').append(table("method", "name", result.path("methods")));
        if (result.has("importanceByGroup")) {
            text.append("%n%nimportance   %s%n%n".formatted(plain(result.path("importanceBasis"))))
                    .append(table("group", "group", result.path("importanceByGroup")));
        }
        return text.toString();
    }

    /** One row a node, headed by its property {@code name}. */
    private static Table table(String title, String name, JsonNode nodes) {
        Set<String> names = new LinkedHashSet<>();
        List<Map<String, JsonNode>> rows = new ArrayList<>();
        for (JsonNode node : nodes.values()) {
            Map<String, JsonNode> row = new LinkedHashMap<>();
            flatten("", node, row);
            row.remove(name);
            names.addAll(row.keySet());
            rows.add(row);
        }
        Table table = new Table();
        // What only a later node has was gathered last, wherever it belongs.
        List<String> columns = names.stream()
                .sorted(Comparator.comparingInt(ResultTable::place))
                .toList();
        List<String> head = new ArrayList<>(List.of(title));
        head.addAll(columns);
        table.row(head);
        for (int i = 0; i < rows.size(); i++) {
            List<String> cells = new ArrayList<>(List.of(nodes.get(i).path(name).asString("")));
            for (String column : columns) {
                JsonNode value = rows.get(i).get(column);
                cells.add(value == null ? "" : number(value));
            }
            table.row(cells);
        }
        return table;
    }

    private static void flatten(String prefix, JsonNode node, Map<String, JsonNode> into) {
        properties(node).forEach(property -> {
            if (property.getValue().isObject()) {
                flatten(prefix + property.getKey() + ".", property.getValue(), into);
            } else {
                into.put(prefix + property.getKey(), property.getValue());
            }
        });
    }

    private static String plain(JsonNode node) {
        if (node.isObject()) {
            return properties(node).stream()
                    .map(property -> property.getKey() + " " + plain(property.getValue()))
                    .collect(Collectors.joining(", "));
        }
        return number(node);
    }

    /** Whole numbers as they are, others with about four significant digits; an array as a range. */
    public static String number(JsonNode node) {
        if (node.isArray()) {
            return node.values().stream().map(ResultTable::number).collect(Collectors.joining("–"));
        }
        if (!node.isNumber()) {
            return node.asString("");
        }
        if (node.isIntegralNumber()) {
            return node.asString();
        }
        double value = node.asDouble();
        if (!Double.isFinite(value)) {
            return "–";
        }
        double size = Math.abs(value);
        int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.01 || size == 0 ? 4 : 6;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
