package winback.standalone.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import winback.standalone.cli.Table;

/**
 * An evaluation's result as a person reads it: what was split how, one row a method, by how much each differs from what is
 * served, whether that came true, then one row a group of features where its importance was measured.
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

    private static final Set<String> BELOW =
            Set.of("methods", "vsServed", "reliability", "curves", "importanceBasis", "importanceByGroup");

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
        differences(result.path("methods"))
                .ifPresent(table -> text.append("%n%nless served, ± one standard error%n%n".formatted())
                        .append(table));
        JsonNode tenths = result.path("reliability").path("served");
        if (!tenths.isEmpty()) {
            text.append("%n%nserved, by tenths of the customers%n%n".formatted())
                    .append(reliability(tenths));
        }
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

    /** What each method's measures are less those of what is served; empty when nobody has compared. */
    private static Optional<Table> differences(JsonNode methods) {
        List<String> measures = methods.values().stream()
                .flatMap(method -> method.path("vsServed").propertyNames().stream())
                .distinct()
                .sorted(Comparator.comparingInt(ResultTable::place))
                .toList();
        if (measures.isEmpty()) {
            return Optional.empty();
        }
        Table table = new Table();
        List<String> head = new ArrayList<>(List.of("method"));
        head.addAll(measures);
        table.row(head);
        for (JsonNode method : methods.values()) {
            if (!method.has("vsServed")) {
                continue;
            }
            List<String> cells = new ArrayList<>(List.of(method.path("name").asString("")));
            for (String measure : measures) {
                JsonNode difference = method.path("vsServed").path(measure);
                cells.add(
                        difference.isMissingNode()
                                ? ""
                                : number(difference.path("difference")) + " ± "
                                        + number(difference.path("standardError")));
            }
            table.row(cells);
        }
        return Optional.of(table);
    }

    private static Table reliability(JsonNode tenths) {
        Table table = new Table().row("tenth", "n", "predicted", "observed", "95 % interval");
        int place = 0;
        for (JsonNode tenth : tenths.values()) {
            table.row(
                    String.valueOf(++place),
                    number(tenth.path("n")),
                    number(tenth.path("predicted")),
                    number(tenth.path("observed")),
                    number(tenth.path("lower")) + "–" + number(tenth.path("upper")));
        }
        return table;
    }

    private static void flatten(String prefix, JsonNode node, Map<String, JsonNode> into) {
        properties(node).forEach(property -> {
            if (BELOW.contains(property.getKey())) {
                return;
            }
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
