package winback.prediction.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import winback.prediction.progress.Progress;

/**
 * Differences between methods in a measure, with their standard errors: all methods are measured on the same resamples of
 * the customers, so that what is hard for all of them cancels out (B. Efron, R. J. Tibshirani (1993), An Introduction to
 * the Bootstrap, chapters 6 and 16).
 */
public final class PairedBootstrap {

    private PairedBootstrap() {}

    /**
     * @param difference the method's measure less the reference's, on all customers
     * @param standardError standard deviation of that over the resamples; NaN when fewer than two have a value
     */
    public record Difference(double difference, double standardError) {

        public boolean finite() {
            return Double.isFinite(difference) && Double.isFinite(standardError);
        }
    }

    /** A measure of one method's predictions, prepared so that a resample costs one pass over the customers. */
    @FunctionalInterface
    public interface Measure {

        /**
         * @param times how often each customer is in the resample, shape [n]
         * @return NaN when the resample has no value, such as of one outcome alone
         */
        double of(int[] times);
    }

    /** See {@link ChurnMetrics#auc}. */
    public static Measure auc(double[] score, double[] outcome) {
        Order order = new Order(score);
        return times -> {
            double positives = 0;
            double negatives = 0;
            double pairs = 0;
            for (int from = 0; from < order.rows.length; ) {
                int to = order.endOfTies(from);
                double above = 0;
                double level = 0;
                for (int k = from; k < to; k++) {
                    int i = order.rows[k];
                    if (outcome[i] > 0) {
                        above += times[i];
                    } else {
                        level += times[i];
                    }
                }
                pairs += above * (negatives + level / 2);
                positives += above;
                negatives += level;
                from = to;
            }
            return positives == 0 || negatives == 0 ? Double.NaN : pairs / (positives * negatives);
        };
    }

    /** See {@link ChurnMetrics#brier()}. */
    public static Measure brier(double[] probability, double[] outcome) {
        return meanSquare(probability, outcome);
    }

    /** See {@link ValueMetrics#rmse()}. */
    public static Measure rmse(double[] predicted, double[] actual) {
        Measure squares = meanSquare(predicted, actual);
        return times -> Math.sqrt(squares.of(times));
    }

    private static Measure meanSquare(double[] predicted, double[] actual) {
        double[] squares = IntStream.range(0, Shapes.same(predicted, actual))
                .mapToDouble(i -> (predicted[i] - actual[i]) * (predicted[i] - actual[i]))
                .toArray();
        return times -> {
            double sum = 0;
            double n = 0;
            for (int i = 0; i < squares.length; i++) {
                sum += times[i] * squares[i];
                n += times[i];
            }
            return sum / n;
        };
    }

    /** See {@link ValueMetrics#gini}. */
    public static Measure gini(double[] predicted, double[] actual) {
        Shapes.same(predicted, actual);
        Order said = new Order(predicted);
        Order perfect = new Order(actual);
        return times -> {
            double most = area(perfect, actual, times);
            return most == 0 ? Double.NaN : area(said, actual, times) / most;
        };
    }

    /** Rank less middle rank, times amount: equal predictions share their mean rank. */
    private static double area(Order order, double[] actual, int[] times) {
        double middle = (Arrays.stream(times).sum() + 1) / 2.;
        double before = 0;
        double sum = 0;
        for (int from = 0; from < order.rows.length; ) {
            int to = order.endOfTies(from);
            double tied = 0;
            double amount = 0;
            for (int k = from; k < to; k++) {
                int i = order.rows[k];
                tied += times[i];
                amount += times[i] * actual[i];
            }
            sum += (before + (tied + 1) / 2 - middle) * amount;
            before += tied;
            from = to;
        }
        return sum;
    }

    /** Rows by ascending value. */
    private static final class Order {

        private final int[] rows;
        private final double[] values;

        Order(double[] values) {
            this.values = values;
            this.rows = Shapes.order(values);
        }

        /** Behind the last place whose value is that of the place {@code from}. */
        int endOfTies(int from) {
            double value = values[rows[from]];
            int to = from + 1;
            while (to < rows.length && values[rows[to]] == value) {
                to++;
            }
            return to;
        }
    }

    /**
     * @param n customers, ≥ 1
     * @param methods one measure of several methods
     * @param reference the same measure of what they are compared with
     * @param seed equal seeds draw equal resamples
     * @return shape [methods]
     */
    public static List<Difference> differences(int n, List<Measure> methods, Measure reference, int draws, long seed) {
        double[][] drawn = new double[methods.size()][draws];
        SplittableRandom random = new SplittableRandom(seed);
        int[] times = new int[n];
        for (int draw = 0; draw < draws; draw++) {
            Progress.stopIfInterrupted();
            Arrays.fill(times, 0);
            for (int i = 0; i < n; i++) {
                times[random.nextInt(n)]++;
            }
            double beside = reference.of(times);
            for (int method = 0; method < drawn.length; method++) {
                drawn[method][draw] = methods.get(method).of(times) - beside;
            }
        }
        Arrays.fill(times, 1);
        double beside = reference.of(times);
        List<Difference> differences = new ArrayList<>();
        for (int method = 0; method < drawn.length; method++) {
            differences.add(new Difference(methods.get(method).of(times) - beside, deviation(drawn[method])));
        }
        return differences;
    }

    private static double deviation(double[] values) {
        double[] finite = Arrays.stream(values).filter(Double::isFinite).toArray();
        double mean = Arrays.stream(finite).average().orElse(Double.NaN);
        double squares = Arrays.stream(finite)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return finite.length < 2 ? Double.NaN : Math.sqrt(squares / (finite.length - 1));
    }
}
