package winback.prediction.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import winback.prediction.boosting.Objective;
import winback.prediction.metrics.Interval;
import winback.prediction.models.Floats;
import winback.prediction.models.Importance;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.Sample;
import winback.prediction.progress.Progress;

/**
 * Joint permutation importance of the groups of features (Breiman, "Random Forests", 2001; Fisher, Rudin and Dominici, "All
 * Models are Wrong, but Many are Useful", 2019): customers exchange all features of one group among themselves, which keeps
 * what the group's features are to each other and breaks what they are to the outcome, and the model's own objective tells
 * how much worse its predictions become. The last periods are behaviour, and are exchanged with it. Intervals are
 * bootstraps over customers.
 */
public final class PermutationImportance {

    /** More customers make the measurement slower and hardly more certain. */
    private static final int MOST_ROWS = 5_000;

    private static final int REPEATS = 5;
    private static final int BOOTSTRAP_DRAWS = 400;
    private static final long SEED = 20_052;

    private static final double LEAST_PROBABILITY = 1e-6;
    private static final double LEAST_SPEND = 1e-9;

    private PermutationImportance() {}

    /**
     * @param test with labels that the model did not learn from
     * @return empty when the model's schema does not say what group a feature is of
     */
    public static Optional<Importance> of(Model model, Sample test) {
        Map<String, List<Integer>> columns = columns(model);
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        SplittableRandom random = new SplittableRandom(SEED);
        int[] drawn = permutation(test.size(), random);
        int[] rows = Arrays.copyOf(drawn, Math.min(MOST_ROWS, drawn.length));
        float[][] x = rows(test.features(), rows);
        double[] all = test.outcomes(model.name());
        double[] outcomes = Arrays.stream(rows).mapToDouble(i -> all[i]).toArray();
        float[][] periods = model.periodSize() == 0 ? new float[0][] : rows(test.periods(), rows);
        double[] losses = losses(model, x, periods, outcomes, test.labelDays());

        List<String> names = List.copyOf(columns.keySet());
        List<int[]> varying = columns.values().stream()
                .map(group -> group.stream()
                        .mapToInt(column -> column)
                        .filter(column -> Floats.varies(x, column))
                        .toArray())
                .toList();
        double[][] increases = new double[varying.size()][rows.length];
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            int[] donors = permutation(rows.length, random);
            for (int group = 0; group < increases.length; group++) {
                if (varying.get(group).length == 0) {
                    continue;
                }
                double done = repeat * increases.length + group;
                Progress.at(
                        done / (REPEATS * increases.length),
                        "permuting group %d of %d, %d of %d times"
                                .formatted(group + 1, increases.length, repeat + 1, REPEATS));
                float[][] sequences = names.get(group).equals(Importance.BEHAVIOUR) ? rows(periods, donors) : periods;
                double[] permuted =
                        losses(model, permuted(x, varying.get(group), donors), sequences, outcomes, test.labelDays());
                for (int i = 0; i < rows.length; i++) {
                    increases[group][i] += (permuted[i] - losses[i]) / REPEATS;
                }
            }
        }
        return Optional.of(new Importance(
                new Importance.Basis(
                        objective(model.name()).label(),
                        Arrays.stream(losses).average().orElseThrow(),
                        rows.length,
                        REPEATS),
                groups(columns, varying, increases)));
    }

    /** The mission's groups, also those without features, then the others. */
    private static Map<String, List<Integer>> columns(Model model) {
        Map<String, List<Integer>> said = model.schema().columnsByGroup();
        Map<String, List<Integer>> columns = new LinkedHashMap<>();
        if (!said.isEmpty()) {
            Importance.MISSION_WEIGHTS.keySet().forEach(group -> columns.put(group, List.of()));
            columns.putAll(said);
        }
        return columns;
    }

    private static List<Importance.Group> groups(
            Map<String, List<Integer>> columns, List<int[]> varying, double[][] increases) {
        int n = increases[0].length;
        double[] shares = shares(increases, IntStream.range(0, n).toArray());
        List<Importance.Group> groups = new ArrayList<>();
        for (String group : columns.keySet()) {
            int g = groups.size();
            int features = columns.get(group).size();
            // The same seed for each group: the same resamples.
            Interval interval = Interval.bootstrap(
                    n, BOOTSTRAP_DRAWS, new SplittableRandom(SEED), resample -> shares(increases, resample)[g]);
            groups.add(new Importance.Group(
                    group,
                    Importance.MISSION_WEIGHTS.get(group),
                    features,
                    varying.get(g).length,
                    features == 0 ? null : Arrays.stream(increases[g]).average().orElseThrow(),
                    features == 0 ? null : finite(shares[g]),
                    features == 0 ? null : finite(interval.lower()),
                    features == 0 ? null : finite(interval.upper())));
        }
        return groups;
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    /** Shape [groups]; NaN when no group's permutation harms. */
    private static double[] shares(double[][] increases, int[] rows) {
        double[] shares = new double[increases.length];
        double total = 0;
        for (int group = 0; group < shares.length; group++) {
            double sum = 0;
            for (int row : rows) {
                sum += increases[group][row];
            }
            shares[group] = Math.max(0, sum);
            total += shares[group];
        }
        for (int group = 0; group < shares.length; group++) {
            shares[group] = total > 0 ? shares[group] / total : Double.NaN;
        }
        return shares;
    }

    private static float[][] permuted(float[][] x, int[] columns, int[] donors) {
        float[][] permuted = new float[x.length][];
        for (int i = 0; i < x.length; i++) {
            permuted[i] = x[i].clone();
            for (int column : columns) {
                permuted[i][column] = x[donors[i]][column];
            }
        }
        return permuted;
    }

    private static float[][] rows(float[][] of, int[] places) {
        return of.length == 0 ? of : Arrays.stream(places).mapToObj(i -> of[i]).toArray(float[][]::new);
    }

    /** 0 to n − 1 in an order by chance. */
    private static int[] permutation(int n, SplittableRandom random) {
        int[] permutation = IntStream.range(0, n).toArray();
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int other = permutation[j];
            permutation[j] = permutation[i];
            permutation[i] = other;
        }
        return permutation;
    }

    private static Objective objective(ModelName name) {
        return switch (name) {
            case CHURN, ENGAGEMENT -> Objective.LOGISTIC;
            case VALUE -> Objective.TWEEDIE;
        };
    }

    private static double[] losses(Model model, float[][] x, float[][] periods, double[] outcomes, int days) {
        Objective objective = objective(model.name());
        double least = model.name().isProbability() ? LEAST_PROBABILITY : LEAST_SPEND;
        double[] losses = model.predict(x, periods, days);
        for (int i = 0; i < losses.length; i++) {
            losses[i] = objective.loss(objective.margin(losses[i], least), outcomes[i]);
        }
        return losses;
    }
}
