package winback.prediction.metrics;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import winback.prediction.progress.Progress;

/** An interval, of 95 % unless said otherwise; both ends NaN when no resample had a value. */
public record Interval(double lower, double upper) {

    /**
     * Of a statistic over {@code draws} resamples of n rows.
     *
     * @param statistic of the rows at these places, each drawn with replacement; NaN where it has no value
     */
    public static Interval bootstrap(int n, int draws, SplittableRandom random, ToDoubleFunction<int[]> statistic) {
        double[] values = new double[draws];
        int[] rows = new int[n];
        for (int draw = 0; draw < draws; draw++) {
            Progress.stopIfInterrupted();
            for (int i = 0; i < n; i++) {
                rows[i] = random.nextInt(n);
            }
            values[draw] = statistic.applyAsDouble(rows);
        }
        return of(values);
    }

    /** Between the 2.5 and the 97.5 % point of these values; those that are not finite are left out. */
    public static Interval of(double[] values) {
        double[] sorted =
                Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
        if (sorted.length == 0) {
            return new Interval(Double.NaN, Double.NaN);
        }
        return new Interval(quantile(sorted, .025), quantile(sorted, .975));
    }

    /**
     * @param sorted shape [n], n ≥ 1, ascending
     * @param share in [0, 1]; between two values it is interpolated
     */
    public static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /**
     * Of a share: E. B. Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference.
     *
     * @param share observed, in [0, 1]
     * @param n of so many, ≥ 1
     * @param z of the normal distribution, which is how much the interval is to cover
     */
    public static Interval wilson(double share, double n, double z) {
        double middle = (share + z * z / (2 * n)) / (1 + z * z / n);
        double half = z / (1 + z * z / n) * Math.sqrt(share * (1 - share) / n + z * z / (4 * n * n));
        return new Interval(Math.max(0, middle - half), Math.min(1, middle + half));
    }
}
