package winback.prediction.engagement;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.correction.Correction;
import winback.prediction.datasets.DataRefused;
import winback.prediction.evaluation.BackTest;
import winback.prediction.evaluation.BackTest.Predicted;
import winback.prediction.evaluation.Comparisons;
import winback.prediction.fixed.ForestAndNet;
import winback.prediction.metrics.ChurnMetrics;
import winback.prediction.metrics.Interval;
import winback.prediction.metrics.PairedBootstrap.Difference;

/**
 * A test of the engagement ensembles on any two tables of the same columns: learned from one, scored on the other. The
 * columns take the place of the feature vector; members, stacking and calibration are the product's.
 */
public final class TableEvaluation {

    private static final int LEAST = 50;
    private static final int LEAST_OF_EACH = 10;
    private static final int DRAWS = 400;
    private static final int CHANCE_DRAWS = 1_000;
    private static final long SEED = 20_051;

    private static final Set<String> YES = Set.of("true", "yes", "y", "t");
    private static final Set<String> NO = Set.of("false", "no", "n", "f");

    /** Deeper than for churn and value: here trees learn everything, and correct nobody. */
    private static final BoostingOptions TREES = new BoostingOptions(1_000, 4, .05, 5, .7, .7, 1, 5, 7, 1);

    private TableEvaluation() {}

    /**
     * @param label the column that is predicted: a number above 0, or true or yes, is positive
     * @param told of progress, in sentences
     * @return as it is answered: task, split, population and a line of metrics a method
     * @throws DataRefused with the place where the tables do not carry it
     */
    public static Map<String, Object> run(Path train, String label, Path test, Consumer<String> told)
            throws IOException {
        Table learned = Table.read(train);
        Table given = Table.read(test);
        List<String> missing = learned.columns().stream()
                .filter(column -> !given.columns().contains(column))
                .toList();
        if (!missing.isEmpty()) {
            throw new DataRefused(given.file() + " lacks the columns " + String.join(", ", missing) + ".");
        }
        Table held = aligned(given, learned.columns());
        float[] y = labels(learned, label);
        float[] truth = labels(held, label);
        enough(learned, y);
        enough(held, truth);
        TableEncoding encoding = TableEncoding.of(learned, learned.column(label));
        if (encoding.names().isEmpty()) {
            throw new DataRefused(learned.file() + ": no column but " + label + " says anything.");
        }
        if (!encoding.leftOut().isEmpty()) {
            told.accept("Left out, being constant or the names of rows: " + String.join(", ", encoding.leftOut()));
        }
        encoding.unusable(learned).forEach(told);
        encoding.unusable(held).forEach(told);
        float[][] x = learned.rows().stream().map(encoding::apply).toArray(float[][]::new);
        float[][] tested = held.rows().stream().map(encoding::apply).toArray(float[][]::new);
        int[] group = IntStream.range(0, x.length).toArray();
        double[] outcomes = doubles(truth);

        List<Predicted> predicted = new ArrayList<>();
        double[] share = new double[tested.length];
        Arrays.fill(share, Arrays.stream(doubles(y)).average().orElseThrow());
        predicted.add(timed("base-rate", () -> share));
        told.accept("Fitting the recipe on %,d rows of %d features.".formatted(x.length, x[0].length));
        predicted.add(timed(BackTest.RECIPE, () -> {
            try (ForestAndNet recipe = ForestAndNet.fit(x, y, group, TREES.seed())) {
                return recipe.probabilities(tested);
            }
        }));
        told.accept("Fitting what is served.");
        Map<String, Object> ensemble = new LinkedHashMap<>();
        predicted.add(timed(BackTest.SERVED, () -> {
            try (CalibratedShare model = CalibratedShare.fit(
                            x, y, group, TREES, new Correction.Also(true, true), all -> new int[0])
                    .model()) {
                ensemble.put("weights", model.correction().weights());
                ensemble.put("trees", model.correction().treeCount());
                return model.probabilities(tested);
            }
        }));

        Map<String, Object> split = new LinkedHashMap<>();
        split.put("table", learned.file());
        split.put("label", label);
        split.put("test", held.file());
        split.put("rows", x.length);
        split.put("features", x[0].length);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("task", "engagement");
        result.put("split", split);
        result.put("population", tested.length);
        result.put("ensemble", ensemble);
        Comparisons comparisons = Comparisons.ofProbabilities(predicted, outcomes);
        Map<String, Map<String, Difference>> vsServed = comparisons.vsServed();
        result.put(
                "methods",
                predicted.stream()
                        .map(method -> line(method, outcomes, vsServed.getOrDefault(method.method(), Map.of())))
                        .toList());
        result.putAll(comparisons.answer());
        return result;
    }

    private static Predicted timed(String method, Supplier<double[]> probabilities) {
        long start = System.nanoTime();
        return new Predicted(method, probabilities.get(), List.of(), (System.nanoTime() - start) / 1e9);
    }

    private static Map<String, Object> line(Predicted method, double[] outcomes, Map<String, Difference> vsServed) {
        double[] probabilities = method.predictions();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("name", method.method());
        line.putAll(ChurnMetrics.of(probabilities, outcomes).toMap());
        line.put("seconds", Math.round(method.seconds() * 10) / 10.);
        if (!vsServed.isEmpty()) {
            line.put("vsServed", vsServed);
        }
        if (method.method().equals(BackTest.SERVED)) {
            Interval interval = ChurnMetrics.aucInterval(probabilities, outcomes, DRAWS, SEED);
            line.put("aucInterval", List.of(interval.lower(), interval.upper()));
            line.put("eceByChance", ChurnMetrics.eceByChance(probabilities, CHANCE_DRAWS, SEED));
        }
        return line;
    }

    private static Table aligned(Table table, List<String> columns) {
        if (table.columns().equals(columns)) {
            return table;
        }
        int[] places = columns.stream().mapToInt(table::column).toArray();
        return new Table(
                table.file(),
                columns,
                table.rows().stream()
                        .map(row -> Arrays.stream(places)
                                .mapToObj(place -> row[place])
                                .toArray(String[]::new))
                        .toList());
    }

    private static float[] labels(Table table, String label) {
        int column = table.column(label);
        float[] labels = new float[table.rows().size()];
        for (int row = 0; row < labels.length; row++) {
            String value = table.rows().get(row)[column];
            String word = value.toLowerCase(Locale.ROOT);
            if (YES.contains(word) || NO.contains(word)) {
                labels[row] = YES.contains(word) ? 1 : 0;
                continue;
            }
            try {
                double number = Double.parseDouble(value);
                if (!Double.isFinite(number)) {
                    throw new NumberFormatException(value);
                }
                labels[row] = number > 0 ? 1 : 0;
            } catch (NumberFormatException neither) {
                throw new DataRefused("%s: %s is neither a number nor true, false, yes or no: '%s'."
                        .formatted(table.place(row), label, value.length() > 40 ? value.substring(0, 40) : value));
            }
        }
        return labels;
    }

    private static void enough(Table table, float[] labels) {
        long positives = Arrays.stream(doubles(labels)).filter(y -> y > 0).count();
        long rarer = Math.min(positives, labels.length - positives);
        if (labels.length < LEAST || rarer < LEAST_OF_EACH) {
            throw new DataRefused("%s: %d rows, %d of them with the rarer outcome: at least %d with %d are needed."
                    .formatted(table.file(), labels.length, rarer, LEAST, LEAST_OF_EACH));
        }
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
}
