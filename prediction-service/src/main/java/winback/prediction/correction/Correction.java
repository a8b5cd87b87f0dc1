package winback.prediction.correction;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import winback.prediction.boosting.BoostedTrees;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.boosting.Objective;
import winback.prediction.linear.RidgeModel;

/**
 * What a linear model and trees add to a first guess: margin = Σ weight × margin of a member, the members being the
 * guess itself, a ridge regression and boosted trees, both of which start from the guess. The penalty, the number of
 * trees and the weights are chosen by cross-validation on the training rows, so a member that has learned nothing
 * that holds has no weight. Holds native memory until closed. Thread-safe.
 */
public final class Correction implements AutoCloseable {

    /** Tree counts tried. */
    private static final int[] COUNTS = {10, 20, 40, 80, 120, 160, 240, 320, 500, 1000, 2000, 5000};

    /** Ridge penalties tried, each fit starting from the one before. */
    private static final double[] PENALTIES = {1, .3, .1, .03, .01, .003, .001, .0003};

    /** Cross-validation looks at this many rows at most; the final fit at all. */
    private static final int MOST_VALIDATED = 20_000;

    /** A member below this weight is left out. */
    private static final double LEAST_WEIGHT = .02;

    /** Of the members, ≥ 0 and of sum 1. */
    public record Weights(double guess, double linear, double trees) {

        private double[] toArray() {
            return new double[] {guess, linear, trees};
        }
    }

    /**
     * What is kept of a correction.
     *
     * @param linear absent when its weight is 0
     * @param treeCount 0 when the trees' weight is 0
     * @param trees in XGBoost's binary JSON; empty when there are none
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes by design; compared nowhere
    public record Artefact(Weights weights, @Nullable RidgeModel linear, double penalty, int treeCount, byte[] trees) {}

    /** What models kept before there was another member than trees. */
    public static Artefact ofTreesAlone(@Nullable Integer count, byte @Nullable [] trees) {
        return new Artefact(
                new Weights(0, 0, 1), null, 0, count == null ? 0 : count, trees == null ? new byte[0] : trees);
    }

    private final Weights weights;
    private final @Nullable RidgeModel linear;
    private final double penalty;
    private final @Nullable BoostedTrees trees;
    private final int count;

    private Correction(
            Weights weights, @Nullable RidgeModel linear, double penalty, @Nullable BoostedTrees trees, int count) {
        this.weights = weights;
        this.linear = linear;
        this.penalty = penalty;
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
        Folds folds = new Folds(
                pick(x, rows),
                pick(y, rows),
                pick(offset, rows),
                IntStream.of(rows).map(i -> fold[i]).toArray(),
                options.folds());
        double[][] byTrees = validateTrees(folds, objective, counts, options);
        double[][] byPenalty = validateLinear(folds, objective);
        int trees = best(byTrees, folds.y, objective);
        int penalty = best(byPenalty, folds.y, objective);
        double[][] members = {doubles(folds.offset), byPenalty[penalty], byTrees[trees]};
        Weights weights = rounded(Stacking.weights(members, folds.y, objective));
        return new Fitted(
                new Correction(
                        weights,
                        weights.linear() == 0
                                ? null
                                : RidgeModel.path(x, y, offset, objective, Arrays.copyOf(PENALTIES, penalty + 1))
                                        .getLast(),
                        weights.linear() == 0 ? 0 : PENALTIES[penalty],
                        weights.trees() == 0 ? null : BoostedTrees.fit(x, y, offset, objective, counts[trees], options),
                        weights.trees() == 0 ? 0 : counts[trees]),
                Stacking.weighted(members, weights.toArray()),
                rows);
    }

    private static Weights rounded(double[] weights) {
        double sum =
                Arrays.stream(weights).filter(weight -> weight >= LEAST_WEIGHT).sum();
        double[] kept = Arrays.stream(weights)
                .map(weight -> weight >= LEAST_WEIGHT ? weight / sum : 0)
                .toArray();
        return new Weights(kept[0], kept[1], kept[2]);
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** Rows in folds; in each fold's turn its rows are out and the others in. */
    private static final class Folds {
        private final float[][] x;
        private final float[] y;
        private final float[] offset;
        private final int[] fold;
        private final int count;

        Folds(float[][] x, float[] y, float[] offset, int[] fold, int count) {
            this.x = x;
            this.y = y;
            this.offset = offset;
            this.fold = fold;
            this.count = count;
        }

        int[] out(int turn) {
            return IntStream.range(0, y.length).filter(i -> fold[i] == turn).toArray();
        }

        int[] in(int turn) {
            return IntStream.range(0, y.length).filter(i -> fold[i] != turn).toArray();
        }
    }

    /** Margins of held-out rows, shape [counts][rows]. */
    private static double[][] validateTrees(Folds folds, Objective objective, int[] counts, BoostingOptions options) {
        double[][] margins = new double[counts.length][folds.y.length];
        for (int turn = 0; turn < folds.count; turn++) {
            int[] in = folds.in(turn);
            int[] out = folds.out(turn);
            try (BoostedTrees trees = BoostedTrees.fit(
                    pick(folds.x, in),
                    pick(folds.y, in),
                    pick(folds.offset, in),
                    objective,
                    counts[counts.length - 1],
                    options)) {
                for (int c = 0; c < counts.length; c++) {
                    put(trees.margins(pick(folds.x, out), pick(folds.offset, out), counts[c]), out, margins[c]);
                }
            }
        }
        return margins;
    }

    /** Margins of held-out rows, shape [penalties][rows]. */
    private static double[][] validateLinear(Folds folds, Objective objective) {
        double[][] margins = new double[PENALTIES.length][folds.y.length];
        for (int turn = 0; turn < folds.count; turn++) {
            int[] in = folds.in(turn);
            int[] out = folds.out(turn);
            List<RidgeModel> models =
                    RidgeModel.path(pick(folds.x, in), pick(folds.y, in), pick(folds.offset, in), objective, PENALTIES);
            for (int c = 0; c < PENALTIES.length; c++) {
                put(models.get(c).margins(pick(folds.x, out), pick(folds.offset, out)), out, margins[c]);
            }
        }
        return margins;
    }

    private static void put(double[] values, int[] places, double[] into) {
        for (int k = 0; k < places.length; k++) {
            into[places[k]] = values[k];
        }
    }

    /** The candidate of least mean loss. */
    private static int best(double[][] margins, float[] y, Objective objective) {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int c = 0; c < margins.length; c++) {
            double mean = 0;
            for (int i = 0; i < y.length; i++) {
                mean += objective.loss(margins[c][i], y[i]) / y.length;
            }
            if (mean < least) {
                least = mean;
                best = c;
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
        double[] guess = doubles(offset);
        double[][] members = {
            guess, linear == null ? guess : linear.margins(x, offset), trees == null ? guess : trees.margins(x, offset)
        };
        return Stacking.weighted(members, weights.toArray());
    }

    public Weights weights() {
        return weights;
    }

    /** How many trees are in use; 0 when they have no weight. */
    public int treeCount() {
        return count;
    }

    /** What {@link #load} takes. */
    public Artefact toArtefact() {
        return new Artefact(weights, linear, penalty, count, trees == null ? new byte[0] : trees.toBytes());
    }

    /** For {@code columns} features. */
    public static Correction load(Artefact artefact, int columns) {
        return new Correction(
                artefact.weights(),
                artefact.linear(),
                artefact.penalty(),
                artefact.trees().length == 0 ? null : BoostedTrees.load(artefact.trees(), columns),
                artefact.treeCount());
    }

    @Override
    public void close() {
        if (trees != null) {
            trees.close();
        }
    }
}
