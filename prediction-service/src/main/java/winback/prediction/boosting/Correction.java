package winback.prediction.boosting;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What trees add to a first guess, as far as it holds on rows that they did not see. The number of trees is chosen by
 * cross-validation on the training rows and may be none. Holds native memory until closed. Thread-safe.
 */
public final class Correction implements AutoCloseable {

    /** Tree counts tried, besides none. */
    private static final int[] COUNTS = {10, 20, 40, 80, 120, 160, 240, 320, 500, 1000, 2000, 5000};

    /** Cross-validation looks at this many rows at most; the final fit at all. */
    private static final int MOST_VALIDATED = 20_000;

    private final @Nullable BoostedTrees trees;
    private final int count;

    private Correction(@Nullable BoostedTrees trees, int count) {
        this.trees = trees;
        this.count = count;
    }

    /**
     * @param correction to be used on other rows
     * @param margins of the training rows as folds that did not hold them give them, shape [n]; for calibration
     * @param rows the training rows that {@code margins} are of
     */
    public record Fitted(Correction correction, double[] margins, int[] rows) {}

    /**
     * @param x shape [n][p], NaN means missing
     * @param y labels, shape [n]
     * @param offset the first guess as a margin, shape [n]
     * @param group shape [n], equal for rows of one customer, which stay in one fold
     */
    public static Fitted fit(
            float[][] x, float[] y, float[] offset, int[] group, Objective objective, BoostingOptions options) {
        int n = x.length;
        if (n < options.folds() || y.length != n || offset.length != n || group.length != n) {
            throw new IllegalArgumentException(
                    "Expected %d labels, offsets and groups, at least %d, actual %d, %d and %d"
                            .formatted(n, options.folds(), y.length, offset.length, group.length));
        }
        int[] fold = folds(group, options);
        int[] rows = IntStream.range(0, n).filter(i -> fold[i] >= 0).toArray();
        int[] counts = Arrays.stream(COUNTS)
                .filter(count -> count <= options.maxTrees())
                .toArray();
        if (counts.length == 0) {
            counts = new int[] {options.maxTrees()};
        }
        double[][] margins = validate(
                pick(x, rows),
                pick(y, rows),
                pick(offset, rows),
                IntStream.of(rows).map(i -> fold[i]).toArray(),
                objective,
                counts,
                options);
        int best = choose(margins, pick(y, rows), objective);
        int count = best == 0 ? 0 : counts[best - 1];
        BoostedTrees trees = count == 0 ? null : BoostedTrees.fit(x, y, offset, objective, count, options);
        return new Fitted(new Correction(trees, count), margins[best], rows);
    }

    /** Margins of held-out rows, shape [1 + counts][rows]; the first line without trees. */
    private static double[][] validate(
            float[][] x,
            float[] y,
            float[] offset,
            int[] folds,
            Objective objective,
            int[] counts,
            BoostingOptions options) {
        int n = x.length;
        double[][] margins = new double[counts.length + 1][n];
        for (int i = 0; i < n; i++) {
            margins[0][i] = offset[i];
        }
        for (int fold = 0; fold < options.folds(); fold++) {
            int held = fold;
            int[] out = IntStream.range(0, n).filter(i -> folds[i] == held).toArray();
            int[] in = IntStream.range(0, n).filter(i -> folds[i] != held).toArray();
            try (BoostedTrees trees = BoostedTrees.fit(
                    pick(x, in), pick(y, in), pick(offset, in), objective, counts[counts.length - 1], options)) {
                float[][] outX = pick(x, out);
                float[] outOffset = pick(offset, out);
                for (int c = 0; c < counts.length; c++) {
                    double[] outMargins = trees.margins(outX, outOffset, counts[c]);
                    for (int k = 0; k < out.length; k++) {
                        margins[c + 1][out[k]] = outMargins[k];
                    }
                }
            }
        }
        return margins;
    }

    /**
     * The fewest trees whose loss is within one standard error of the best one's, on paired rows: a correction has to earn
     * its place, and what it learned at one cutoff is used at a later one.
     */
    private static int choose(double[][] margins, float[] y, Objective objective) {
        int n = y.length;
        double[] mean = new double[margins.length];
        for (int c = 0; c < margins.length; c++) {
            for (int i = 0; i < n; i++) {
                mean[c] += objective.loss(margins[c][i], y[i]) / n;
            }
        }
        int best = IntStream.range(0, mean.length)
                .reduce((i, j) -> mean[j] < mean[i] ? j : i)
                .orElseThrow();
        for (int c = 0; c < best; c++) {
            double squares = 0;
            for (int i = 0; i < n; i++) {
                double difference = objective.loss(margins[c][i], y[i])
                        - objective.loss(margins[best][i], y[i])
                        - (mean[c] - mean[best]);
                squares += difference * difference;
            }
            double standardError = Math.sqrt(squares / n / Math.max(1, n - 1));
            if (mean[c] - mean[best] <= standardError) {
                return c;
            }
        }
        return best;
    }

    /** The fold of each row, by customer; -1 for rows beyond what is validated. */
    private static int[] folds(int[] group, BoostingOptions options) {
        int[] customers = IntStream.of(group).distinct().sorted().toArray();
        SplittableRandom random = new SplittableRandom(options.seed());
        double share = Math.min(1, (double) MOST_VALIDATED / group.length);
        int[] drawn = IntStream.range(0, customers.length)
                .map(i -> random.nextDouble() < share ? random.nextInt(options.folds()) : -1)
                .toArray();
        return IntStream.of(group)
                .map(customer -> drawn[Arrays.binarySearch(customers, customer)])
                .toArray();
    }

    private static float[][] pick(float[][] x, int[] rows) {
        return Arrays.stream(rows).mapToObj(i -> x[i]).toArray(float[][]::new);
    }

    private static float[] pick(float[] values, int[] rows) {
        float[] picked = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            picked[i] = values[rows[i]];
        }
        return picked;
    }

    /**
     * @param x shape [n][p], n ≥ 1
     * @param offset the first guess as a margin, shape [n]
     * @return the corrected margins, shape [n]
     */
    public double[] margins(float[][] x, float[] offset) {
        if (trees != null) {
            return trees.margins(x, offset);
        }
        double[] margins = new double[offset.length];
        for (int i = 0; i < margins.length; i++) {
            margins[i] = offset[i];
        }
        return margins;
    }

    /** How many trees are in use; 0 when the first guess was better alone. */
    public int count() {
        return count;
    }

    /** The trees in XGBoost's binary JSON; empty when there are none. */
    public byte[] toBytes() {
        return trees == null ? new byte[0] : trees.toBytes();
    }

    /** From {@link #toBytes()} and {@link #count()}, for {@code columns} features. */
    public static Correction load(byte[] bytes, int count, int columns) {
        return new Correction(bytes.length == 0 ? null : BoostedTrees.load(bytes, columns), count);
    }

    @Override
    public void close() {
        if (trees != null) {
            trees.close();
        }
    }
}
