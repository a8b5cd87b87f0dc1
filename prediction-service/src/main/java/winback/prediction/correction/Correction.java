package winback.prediction.correction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import winback.prediction.attribution.Attribution;
import winback.prediction.boosting.BoostedTrees;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.boosting.Objective;
import winback.prediction.linear.RidgeModel;
import winback.prediction.progress.Progress;
import winback.prediction.purchases.PurchaseHistory;

/**
 * What a linear model and trees add to a first guess: margin = Σ weight × margin of a member, the members being the
 * guess itself, a ridge regression and boosted trees, both of which start from the guess, and where asked for a random
 * forest and a network. The penalty, the number of
 * trees and the weights are chosen by cross-validation on the training rows, so a member that has learned nothing
 * that holds has no weight. Thread-safe.
 */
public final class Correction implements AutoCloseable {

    /** Tree counts tried. */
    private static final int[] COUNTS = {10, 20, 40, 80, 120, 160, 240, 320, 500, 1000, 2000, 5000};

    /** Ridge penalties tried, each fit starting from the one before. */
    private static final double[] PENALTIES = {1, .3, .1, .03, .01, .003, .001, .0003};

    /** Cross-validation looks at this many rows at most; the trees' final fit at all. */
    private static final int MOST_VALIDATED = 20_000;

    /** And the final ridge regression at this many: some hundreds of weights are known well by then. */
    private static final int MOST_LINEAR = 120_000;

    /** A member below this weight is left out. */
    private static final double LEAST_WEIGHT = .02;

    /**
     * Of the members, ≥ 0 and of sum 1.
     *
     * @param forest absent where no forest was asked for
     * @param net absent where no network was asked for
     */
    @com.fasterxml.jackson.annotation.JsonInclude(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL)
    public record Weights(
            double guess,
            double linear,
            double trees,
            @Nullable Double forest,
            @Nullable Double net) {

        private double[] toArray() {
            return new double[] {guess, linear, trees, forest == null ? 0 : forest, net == null ? 0 : net};
        }
    }

    /** Whether a random forest and a network are members too; both are for labels 0 or 1 alone. */
    public record Also(boolean forest, boolean net) {

        public static final Also NOTHING = new Also(false, false);
    }

    /**
     * What is kept of a correction.
     *
     * @param linear absent when its weight is 0
     * @param treeCount 0 when the trees' weight is 0
     * @param trees in XGBoost's binary JSON; empty when there are none
     * @param others the forest and the network; absent when neither has a weight
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes by design; compared nowhere
    public record Artefact(
            Weights weights,
            @Nullable RidgeModel linear,
            int treeCount,
            byte[] trees,
            NonLinear.@Nullable Artefact others) {}

    /** What models kept before there was another member than trees. */
    public static Artefact ofTreesAlone(@Nullable Integer count, byte @Nullable [] trees) {
        return new Artefact(
                new Weights(0, 0, 1, null, null),
                null,
                count == null ? 0 : count,
                trees == null ? new byte[0] : trees,
                null);
    }

    private final Weights weights;
    private final @Nullable RidgeModel linear;
    private final @Nullable BoostedTrees trees;
    private final int count;
    private final @Nullable NonLinear others;

    private Correction(
            Weights weights,
            @Nullable RidgeModel linear,
            @Nullable BoostedTrees trees,
            int count,
            @Nullable NonLinear others) {
        this.weights = weights;
        this.linear = linear;
        this.trees = trees;
        this.count = count;
        this.others = others;
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
        return fit(x, y, offset, group, objective, options, Also.NOTHING);
    }

    /** With further members. */
    public static Fitted fit(
            float[][] x,
            float[] y,
            float[] offset,
            int[] group,
            Objective objective,
            BoostingOptions options,
            Also also) {
        int n = x.length;
        if (n < options.folds() || y.length != n || offset.length != n || group.length != n) {
            throw new IllegalArgumentException(
                    "Expected %d labels, offsets and groups, at least %d, actual %d, %d and %d"
                            .formatted(n, options.folds(), y.length, offset.length, group.length));
        }
        int[] fold = folds(group, options);
        int[] rows = IntStream.range(0, n).filter(i -> fold[i] >= 0).toArray();
        int[] upToMost = Arrays.stream(COUNTS)
                .filter(count -> count <= options.maxTrees())
                .toArray();
        int[] counts = upToMost.length == 0 ? new int[] {options.maxTrees()} : upToMost;
        Rows all = new Rows(x, y, offset);
        Rows validated = all.pick(rows);
        double[][] byTrees = new double[counts.length][rows.length];
        double[][] byPenalty = new double[PENALTIES.length][rows.length];
        boolean more = also.forest() || also.net();
        double[][] byOthers = new double[more ? 2 : 0][rows.length];
        for (int turn = 0; turn < options.folds(); turn++) {
            int held = turn;
            int[] out = IntStream.range(0, rows.length)
                    .filter(k -> fold[rows[k]] == held)
                    .toArray();
            Rows others = validated.pick(IntStream.range(0, rows.length)
                    .filter(k -> fold[rows[k]] != held)
                    .toArray());
            Rows heldOut = validated.pick(out);
            int[] groups = IntStream.range(0, rows.length)
                    .filter(k -> fold[rows[k]] != held)
                    .map(k -> group[rows[k]])
                    .toArray();
            // Each fold is as much as the final fit.
            String named = "fold %d of %d".formatted(held + 1, options.folds());
            Progress.within(part(held, options), part(held + 1, options), named, () -> {
                validateLinear(others, heldOut, out, objective, byPenalty);
                validateTrees(others, heldOut, out, objective, counts, options, byTrees);
                if (more) {
                    validateOthers(others, groups, heldOut, out, also, options, byOthers);
                }
                return held;
            });
        }
        int trees = best(byTrees, validated.y, objective);
        int penalty = best(byPenalty, validated.y, objective);
        List<double[]> members =
                new ArrayList<>(List.of(doubles(validated.offset), byPenalty[penalty], byTrees[trees]));
        members.addAll(List.of(byOthers));
        double[][] margins = members.toArray(double[][]::new);
        Weights weights = rounded(Stacking.weights(margins, validated.y, objective), also);
        Also kept = new Also(weighs(weights.forest()), weighs(weights.net()));
        Correction correction = Progress.within(
                part(options.folds(), options),
                1,
                "all rows",
                () -> new Correction(
                        weights,
                        weights.linear() == 0
                                ? null
                                : linear(
                                                all.pick(ofSome(group, MOST_LINEAR, options.seed())),
                                                objective,
                                                PENALTIES[penalty])
                                        .getFirst(),
                        weights.trees() == 0 ? null : boosted(x, y, offset, objective, counts[trees], options),
                        weights.trees() == 0 ? 0 : counts[trees],
                        kept.equals(Also.NOTHING) ? null : NonLinear.fit(x, y, offset, group, kept, options.seed())));
        return new Fitted(
                correction, Stacking.weighted(margins, Arrays.copyOf(weights.toArray(), margins.length)), rows);
    }

    /** Where a fold begins in the whole: the final fit takes as long as one of them. */
    private static double part(int fold, BoostingOptions options) {
        return (double) fold / (options.folds() + 1);
    }

    private static List<RidgeModel> linear(Rows rows, Objective objective, double... penalties) {
        return Progress.within(
                0, .4, "ridge regression", () -> RidgeModel.path(rows.x, rows.y, rows.offset, objective, penalties));
    }

    private static BoostedTrees boosted(
            float[][] x, float[] y, float[] offset, Objective objective, int count, BoostingOptions options) {
        return Progress.within(.4, 1, "boosting", () -> BoostedTrees.fit(x, y, offset, objective, count, options));
    }

    /** Puts what a forest and a network that were fitted on the others say of the held-out rows to their places. */
    private static void validateOthers(
            Rows others,
            int[] groups,
            Rows held,
            int[] places,
            Also also,
            BoostingOptions options,
            double[][] margins) {
        try (NonLinear fitted = NonLinear.fit(others.x, others.y, others.offset, groups, also, options.seed())) {
            double[][] said = fitted.margins(held.x, held.offset);
            put(said[0], places, margins[0]);
            put(said[1], places, margins[1]);
        }
    }

    private static boolean weighs(@Nullable Double weight) {
        return weight != null && weight > 0;
    }

    private static Weights rounded(double[] weights, Also also) {
        double sum =
                Arrays.stream(weights).filter(weight -> weight >= LEAST_WEIGHT).sum();
        double[] kept = Arrays.stream(weights)
                .map(weight -> weight >= LEAST_WEIGHT ? weight / sum : 0)
                .toArray();
        boolean more = kept.length > 3;
        // A member that was not asked for stood in as the guess.
        double guess = kept[0] + (more && !also.forest() ? kept[3] : 0) + (more && !also.net() ? kept[4] : 0);
        return new Weights(guess, kept[1], kept[2], also.forest() ? kept[3] : null, also.net() ? kept[4] : null);
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    @SuppressWarnings("ArrayRecordComponent") // numeric matrices by design; compared nowhere
    private record Rows(float[][] x, float[] y, float[] offset) {
        Rows pick(int[] rows) {
            return new Rows(
                    Arrays.stream(rows).mapToObj(i -> x[i]).toArray(float[][]::new),
                    picked(y, rows),
                    picked(offset, rows));
        }

        private static float[] picked(float[] values, int[] rows) {
            float[] picked = new float[rows.length];
            for (int i = 0; i < rows.length; i++) {
                picked[i] = values[rows[i]];
            }
            return picked;
        }
    }

    /** Puts what trees that were fitted on the others say of the held-out rows to their places in {@code margins}. */
    private static void validateTrees(
            Rows others,
            Rows held,
            int[] places,
            Objective objective,
            int[] counts,
            BoostingOptions options,
            double[][] margins) {
        BoostedTrees trees = boosted(others.x, others.y, others.offset, objective, counts[counts.length - 1], options);
        for (int c = 0; c < counts.length; c++) {
            put(trees.margins(held.x, held.offset, counts[c]), places, margins[c]);
        }
    }

    /** The same of a ridge regression by each penalty. */
    private static void validateLinear(Rows others, Rows held, int[] places, Objective objective, double[][] margins) {
        List<RidgeModel> models = linear(others, objective, PENALTIES);
        for (int c = 0; c < PENALTIES.length; c++) {
            put(models.get(c).margins(held.x, held.offset), places, margins[c]);
        }
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
        return drawn(group, MOST_VALIDATED, options.folds(), options.seed());
    }

    /** The rows of as many customers as have about {@code most} rows, drawn at random; all when there are no more. */
    private static int[] ofSome(int[] group, int most, long seed) {
        int[] drawn = drawn(group, most, 1, seed);
        return IntStream.range(0, group.length).filter(i -> drawn[i] >= 0).toArray();
    }

    /** For each row its customer's lot, 0 to {@code lots} − 1, or -1 beyond {@code most} rows in expectation. */
    private static int[] drawn(int[] group, int most, int lots, long seed) {
        int[] customers = IntStream.of(group).distinct().sorted().toArray();
        SplittableRandom random = new SplittableRandom(seed);
        double share = Math.min(1, (double) most / group.length);
        int[] drawn = IntStream.range(0, customers.length)
                .map(i -> random.nextDouble() < share ? random.nextInt(lots) : -1)
                .toArray();
        return IntStream.of(group)
                .map(customer -> drawn[Arrays.binarySearch(customers, customer)])
                .toArray();
    }

    /**
     * @param x shape [n][p], n ≥ 1
     * @param offset the first guess as a margin, shape [n]
     * @return the corrected margins, shape [n]
     */
    public double[] margins(float[][] x, float[] offset) {
        double[] guess = doubles(offset);
        double[][] more = others == null ? new double[][] {guess, guess} : others.margins(x, offset);
        double[][] members = {
            guess,
            linear == null ? guess : linear.margins(x, offset),
            trees == null ? guess : trees.margins(x, offset),
            more[0],
            more[1]
        };
        return Stacking.weighted(members, weights.toArray());
    }

    /**
     * Margins over any number of days: what the members make of the guess over the label window, which is all that they
     * have learned from, carried on from there as the guess goes on.
     *
     * @param x shape [n][p], n ≥ 1
     * @param customers shape [n], null for who never ordered, whose margin means nothing
     * @param guess of a customer over a number of days, as a margin
     * @param days that are asked
     * @return shape [n]
     */
    public double[] margins(
            float[][] x,
            @Nullable PurchaseHistory[] customers,
            ToDoubleBiFunction<PurchaseHistory, Integer> guess,
            Learned learned,
            int days) {
        float[] first = guesses(customers, guess, learned.days());
        double[] margins = margins(x, first);
        if (days != learned.days()) {
            float[] asked = guesses(customers, guess, days);
            for (int i = 0; i < margins.length; i++) {
                margins[i] += asked[i] - first[i];
            }
        }
        return margins;
    }

    private static float[] guesses(
            @Nullable PurchaseHistory[] customers, ToDoubleBiFunction<PurchaseHistory, Integer> guess, int days) {
        float[] guesses = new float[customers.length];
        for (int i = 0; i < guesses.length; i++) {
            PurchaseHistory customer = customers[i];
            guesses[i] = customer == null ? 0 : (float) guess.applyAsDouble(customer, days);
        }
        return guesses;
    }

    /**
     * Why {@link #margins(float[][], PurchaseHistory[], ToDoubleBiFunction, Learned, int)} says of a customer what it does.
     *
     * @param row shape [p]
     * @param guess of a customer over a number of days, as a margin
     */
    public Attribution explain(
            Attribution.Scale scale,
            float[] row,
            PurchaseHistory customer,
            ToDoubleBiFunction<PurchaseHistory, Integer> guess,
            Learned learned,
            int days) {
        float first = (float) guess.applyAsDouble(customer, learned.days());
        Attribution parts = new Attribution(scale, row.length, first, learned.usual());
        explain(row, first, parts);
        if (days != learned.days()) {
            parts.carryOn((float) guess.applyAsDouble(customer, days) - first, learned.usualAsked() - learned.usual());
        }
        return parts;
    }

    /**
     * Adds what each member says of a row, which together is its margin. A member that cannot tell why has to be named
     * by {@link Attribution#addOther}.
     *
     * @param row shape [p]
     * @param offset the first guess as a margin
     */
    public void explain(float[] row, float offset, Attribution into) {
        // Every member starts from the guess.
        into.addGuess(weights.guess() + weights.linear() + weights.trees());
        if (linear != null) {
            linear.explain(row, offset, weights.linear(), into);
        }
        if (trees != null) {
            trees.explain(row, offset, weights.trees(), into);
        }
        if (others != null) {
            double[][] margins = others.margins(new float[][] {row}, new float[] {offset});
            // They do not explain themselves; what they say beyond the guess is told by their names.
            explainWhole("forest", weights.forest(), margins[0][0] - offset, into);
            explainWhole("net", weights.net(), margins[1][0] - offset, into);
        }
    }

    private static void explainWhole(String member, @Nullable Double weight, double beyond, Attribution into) {
        if (weight != null && weight > 0) {
            into.addGuess(weight);
            into.addOther(member, weight * beyond);
        }
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
        return new Artefact(
                weights,
                linear,
                count,
                trees == null ? new byte[0] : trees.toBytes(),
                others == null ? null : others.toArtefact());
    }

    /** For {@code columns} features. */
    public static Correction load(Artefact artefact, int columns) {
        return new Correction(
                artefact.weights(),
                artefact.linear(),
                artefact.trees().length == 0 ? null : BoostedTrees.load(artefact.trees(), columns),
                artefact.treeCount(),
                artefact.others() == null ? null : NonLinear.load(artefact.others()));
    }

    /** None of today's members holds anything that is not garbage-collected. */
    @Override
    public void close() {
        if (others != null) {
            others.close();
        }
    }
}
