package winback.prediction.linear;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import winback.prediction.models.Floats;
import winback.prediction.progress.Progress;

/**
 * Features as a linear model wants them: on a logarithmic scale, since counts, money and days have long tails; with
 * mean 0 and variance 1; held within what was seen, and within {@link #BOUND} standard deviations; unknown values at the mean, with a
 * column of their own that says so where it says anything. What is the same for all rows is left out.
 *
 * @param columns of a vector, shape [k]
 * @param mean of ±ln(1 + |x|), shape [k]
 * @param deviation of the same, > 0, shape [k]
 * @param low least of the same that was seen, shape [k]; absent in models that were kept before it was
 * @param high most of the same, shape [k]; likewise
 * @param gaps columns of a vector of which it matters whether they are known, shape [g]
 * @param unknown share of rows in which they are not, shape [g]; 0 in models that were kept before it was
 */
@SuppressWarnings("ArrayRecordComponent") // numeric vectors by design; compared nowhere
public record Standardisation(
        int[] columns,
        double[] mean,
        double[] deviation,
        double @Nullable [] low,
        double @Nullable [] high,
        int[] gaps,
        double @Nullable [] unknown) {

    public Standardisation {
        unknown = unknown == null ? new double[gaps.length] : unknown;
    }

    /** Spend is what the largest orders make it: they must count. */
    static final double BOUND = 10;

    /** Of models that do not know what was seen. */
    private static final double OLD_BOUND = 4;

    /** Unknown in fewer rows, or known in fewer, than this share says too little for a column of its own. */
    private static final double LEAST_SHARE = .005;

    /** @param x shape [n][p], NaN means unknown; n ≥ 1 */
    public static Standardisation of(float[][] x) {
        List<Integer> columns = new ArrayList<>();
        List<Double> means = new ArrayList<>();
        List<Double> deviations = new ArrayList<>();
        List<Double> lows = new ArrayList<>();
        List<Double> highs = new ArrayList<>();
        List<Integer> gaps = new ArrayList<>();
        List<Double> unknown = new ArrayList<>();
        for (int column = 0; column < x[0].length; column++) {
            Progress.stopIfInterrupted();
            if (!Floats.varies(x, column)) {
                continue;
            }
            int j = column;
            double[] known = Arrays.stream(x)
                    .filter(row -> Float.isFinite(row[j]))
                    .mapToDouble(row -> logarithmic(row[j]))
                    .toArray();
            double share = (double) known.length / x.length;
            if (share >= LEAST_SHARE && share <= 1 - LEAST_SHARE) {
                gaps.add(column);
                unknown.add(1 - share);
            }
            double mean = Arrays.stream(known).average().orElse(0);
            double variance = Arrays.stream(known)
                    .map(value -> (value - mean) * (value - mean))
                    .average()
                    .orElse(0);
            if (variance > 1e-12) {
                columns.add(column);
                means.add(mean);
                deviations.add(Math.sqrt(variance));
                lows.add(Arrays.stream(known).min().orElseThrow());
                highs.add(Arrays.stream(known).max().orElseThrow());
            }
        }
        return new Standardisation(
                ints(columns),
                doubles(means),
                doubles(deviations),
                doubles(lows),
                doubles(highs),
                ints(gaps),
                doubles(unknown));
    }

    private static int[] ints(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }

    private static double[] doubles(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double logarithmic(double x) {
        // Not log1p, for which the JVM has no intrinsic: what it tells better of tiny values does not matter here.
        return Math.signum(x) * Math.log(1 + Math.abs(x));
    }

    /** How many columns {@link #apply} writes. */
    public int width() {
        return columns.length + gaps.length;
    }

    /** As networks and forests take a row: shape [{@link #width()}], finite. */
    public float[] apply(float[] row) {
        double[] z = new double[width()];
        apply(row, z);
        float[] floats = new float[z.length];
        for (int k = 0; k < z.length; k++) {
            floats[k] = (float) z[k];
        }
        return floats;
    }

    /** Row by row. */
    public float[][] apply(float[][] rows) {
        return Arrays.stream(rows).map(row -> apply(row)).toArray(float[][]::new);
    }

    /** The column of a vector that the k-th of them is of. */
    int column(int k) {
        return k < columns.length ? columns[k] : gaps[k - columns.length];
    }

    /** The mean of the k-th of them over the rows that this is of. */
    double usual(int k) {
        return k < columns.length ? 0 : Objects.requireNonNull(unknown)[k - columns.length];
    }

    private double standardised(int k, double value) {
        if (low == null || high == null) {
            return within((value - mean[k]) / deviation[k], -OLD_BOUND, OLD_BOUND);
        }
        return within((within(value, low[k], high[k]) - mean[k]) / deviation[k], -BOUND, BOUND);
    }

    /** Not Math.clamp, which looks at its bounds each time: most of a prediction passes here. */
    private static double within(double value, double least, double most) {
        return Math.min(most, Math.max(least, value));
    }

    /** Writes them to the beginning of {@code z}, and returns how many they are. */
    int apply(float[] row, double[] z) {
        for (int k = 0; k < columns.length; k++) {
            float value = row[columns[k]];
            z[k] = Float.isFinite(value) ? standardised(k, logarithmic(value)) : 0;
        }
        for (int k = 0; k < gaps.length; k++) {
            z[columns.length + k] = Float.isFinite(row[gaps[k]]) ? 0 : 1;
        }
        return width();
    }
}
