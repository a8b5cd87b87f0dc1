package winback.prediction.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A tenth of the customers by prediction, and what came of them: where the mean prediction lies within lower and upper,
 * chance alone explains the distance from what was observed. Customers of equal predictions are never parted, so there are
 * fewer tenths, of unequal sizes, where many are equal.
 *
 * @param lower of the 95 % interval of what was observed
 * @param upper of the same
 * @param predicted mean prediction: a probability, or money
 * @param observed share of the outcome, or mean money
 * @param n customers, ≥ 1
 */
public record Tenth(double lower, double upper, double predicted, double observed, int n) {

    private static final int TENTHS = 10;

    /** Of the normal distribution, for 95 % in the middle. */
    private static final double Z = 1.96;

    /**
     * By ascending probability; intervals are Wilson's.
     *
     * @param probability shape [n], in [0, 1]
     * @param outcome shape [n], 0 or 1; n ≥ 1
     */
    public static List<Tenth> ofProbabilities(double[] probability, double[] outcome) {
        return of(probability, outcome, (rows, share) -> Interval.wilson(share, rows.length, Z));
    }

    /**
     * By ascending prediction; intervals are bootstraps of the mean, since spend is far from normal.
     *
     * @param predicted shape [n]
     * @param actual shape [n], n ≥ 1
     */
    public static List<Tenth> ofSpend(double[] predicted, double[] actual, int draws, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return of(
                predicted,
                actual,
                (rows, mean) -> Interval.bootstrap(
                        rows.length,
                        draws,
                        random,
                        drawn -> Arrays.stream(drawn)
                                .mapToDouble(k -> actual[rows[k]])
                                .average()
                                .orElse(Double.NaN)));
    }

    @FunctionalInterface
    private interface Uncertainty {
        Interval of(int[] rows, double observed);
    }

    private static List<Tenth> of(double[] predicted, double[] actual, Uncertainty uncertainty) {
        int n = Shapes.same(predicted, actual);
        int[] order = Shapes.order(predicted);
        List<Tenth> tenths = new ArrayList<>();
        int from = 0;
        for (int tenth = 1; tenth <= TENTHS; tenth++) {
            int to = (int) ((long) tenth * n / TENTHS);
            while (to > 0 && to < n && predicted[order[to]] == predicted[order[to - 1]]) {
                to++;
            }
            if (to <= from) {
                continue;
            }
            int[] rows = Arrays.copyOfRange(order, from, to);
            double observed = mean(actual, rows);
            Interval interval = uncertainty.of(rows, observed);
            tenths.add(new Tenth(interval.lower(), interval.upper(), mean(predicted, rows), observed, rows.length));
            from = to;
        }
        return List.copyOf(tenths);
    }

    private static double mean(double[] values, int[] rows) {
        return IntStream.of(rows).mapToDouble(i -> values[i]).average().orElse(Double.NaN);
    }
}
