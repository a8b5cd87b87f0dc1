package winback.prediction.metrics;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How near predicted spend came to actual spend.
 *
 * @param gini normalised Gini: 1 orders customers as their spend does, 0 at random; NaN when all spent the same
 * @param rmse root mean squared error, in the currency
 * @param mae mean absolute error, in the currency
 * @param spearman rank correlation; NaN when either side is constant
 * @param ratio predicted total ÷ actual total; NaN when nothing was spent
 * @param decileError mean over the ten tenths by prediction of |predicted − actual total|, in units of a tenth of the
 *     actual total; NaN when nothing was spent
 */
public record ValueMetrics(double gini, double rmse, double mae, double spearman, double ratio, double decileError) {

    /**
     * @param predicted shape [n]
     * @param actual shape [n], n ≥ 1
     */
    public static ValueMetrics of(double[] predicted, double[] actual) {
        int n = Shapes.same(predicted, actual);
        double squares = 0;
        double absolute = 0;
        double predictedTotal = 0;
        double actualTotal = 0;
        for (int i = 0; i < n; i++) {
            double error = predicted[i] - actual[i];
            squares += error * error;
            absolute += Math.abs(error);
            predictedTotal += predicted[i];
            actualTotal += actual[i];
        }
        return new ValueMetrics(
                gini(predicted, actual),
                Math.sqrt(squares / n),
                absolute / n,
                correlation(Ranks.of(predicted), Ranks.of(actual)),
                actualTotal > 0 ? predictedTotal / actualTotal : Double.NaN,
                decileError(predicted, actual, actualTotal));
    }

    /** Area between the concentration curve of {@code actual} ordered by {@code predicted} and the diagonal, normalised. */
    public static double gini(double[] predicted, double[] actual) {
        Shapes.same(predicted, actual);
        double perfect = area(actual, actual);
        return perfect == 0 ? Double.NaN : area(predicted, actual) / perfect;
    }

    /** Covariance form of the Gini: equal predictions share their mean rank, so that ties favour nobody. */
    private static double area(double[] predicted, double[] actual) {
        double[] ranks = Ranks.of(predicted);
        double middle = (predicted.length + 1) / 2.;
        double sum = 0;
        for (int i = 0; i < ranks.length; i++) {
            sum += (ranks[i] - middle) * actual[i];
        }
        return sum;
    }

    private static double decileError(double[] predicted, double[] actual, double actualTotal) {
        if (!(actualTotal > 0)) {
            return Double.NaN;
        }
        int n = predicted.length;
        Integer[] order = IntStream.range(0, n).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (i, j) -> Double.compare(predicted[i], predicted[j]));
        double sum = 0;
        for (int tenth = 0; tenth < 10; tenth++) {
            double difference = 0;
            for (int k = tenth * n / 10; k < (tenth + 1) * n / 10; k++) {
                difference += predicted[order[k]] - actual[order[k]];
            }
            sum += Math.abs(difference);
        }
        return sum / actualTotal;
    }

    static double correlation(double[] x, double[] y) {
        double meanX = Arrays.stream(x).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        return xx == 0 || yy == 0 ? Double.NaN : xy / Math.sqrt(xx * yy);
    }

    /** The 2.5 and 97.5 % points of the Gini over {@code draws} resamples of the customers. */
    public static Interval giniInterval(double[] predicted, double[] actual, int draws, long seed) {
        return Interval.bootstrap(
                predicted.length,
                draws,
                new SplittableRandom(seed),
                rows -> gini(Shapes.pick(predicted, rows), Shapes.pick(actual, rows)));
    }

    /** By name, values that are not numbers left out. */
    public Map<String, Double> toMap() {
        Map<String, Double> map = new LinkedHashMap<>();
        map.put("gini", gini);
        map.put("rmse", rmse);
        map.put("mae", mae);
        map.put("spearman", spearman);
        map.put("ratio", ratio);
        map.put("decileError", decileError);
        map.values().removeIf(value -> !Double.isFinite(value));
        return map;
    }
}
