package winback.prediction.forests;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import smile.classification.RandomForest;
import smile.data.DataFrame;
import smile.data.formula.Formula;
import smile.data.vector.IntVector;
import smile.model.cart.DecisionNode;
import smile.model.cart.InternalNode;
import smile.model.cart.Node;
import smile.model.cart.OrdinalNode;
import smile.model.cart.SplitRule;
import smile.util.IterativeAlgorithmController;
import winback.prediction.progress.Progress;

/**
 * Probability of 1 as a random forest (Smile) has it: the mean of the leaves' shares, weighted by how accurate each tree
 * is on the rows that it did not draw.
 *
 * <p>L. Breiman (2001), Random Forests.
 */
public final class ProbabilityForest {

    private static final String LABEL = "label";

    /** Each sorts all rows by each feature for itself: 50 MB for 60,000 rows of 200. */
    private static final int MOST_THREADS = 4;

    private final FlatForest forest;

    private ProbabilityForest(FlatForest forest) {
        this.forest = forest;
    }

    /**
     * @param trees how many, ≥ 1
     * @param depth most levels of a tree
     * @param leaf least rows of a leaf, ≥ 1
     * @param balanced whether the commoner class is drawn as rarely as the rarer; outputs are then no probabilities
     */
    public record Options(int trees, int depth, int leaf, boolean balanced, long seed) {

        /** The mission's 200 trees; leaves grow with the rows, so that a forest stays some megabytes. */
        public static Options mission(int rows, long seed) {
            return new Options(200, 20, Math.max(5, rows / 2_000), false, seed);
        }
    }

    /**
     * @param x shape [n][p], finite
     * @param y labels, shape [n], 0 or 1, both of which occur
     * @throws CancellationException when the thread is interrupted
     */
    public static ProbabilityForest fit(float[][] x, float[] y, Options options) {
        Progress.stopIfInterrupted();
        RandomForest forest = grow(x, y, options);
        FlatForest.Builder flat = new FlatForest.Builder();
        double weights = Arrays.stream(forest.models())
                .mapToDouble(RandomForest.Model::weight)
                .sum();
        for (RandomForest.Model model : forest.models()) {
            // So that the plain mean of the leaves is the weighted one.
            flatten(model.tree().root(), model.weight() * forest.size() / weights, flat, flat.root());
        }
        return new ProbabilityForest(flat.build());
    }

    static RandomForest grow(float[][] x, float[] y, Options options) {
        int[] labels = new int[y.length];
        int positives = 0;
        for (int i = 0; i < labels.length; i++) {
            labels[i] = y[i] > 0 ? 1 : 0;
            positives += labels[i];
        }
        int negatives = labels.length - positives;
        if (positives == 0 || negatives == 0) {
            throw new IllegalArgumentException("Expected labels of both kinds, actual " + positives + " of 1");
        }
        DataFrame data = frame(x, labels);
        int[] weights = {1, 1};
        if (options.balanced()) {
            weights[negatives > positives ? 0 : 1] =
                    Math.max(1, Math.round((float) Math.max(positives, negatives) / Math.min(positives, negatives)));
        }
        return grow(data, weights, options);
    }

    /**
     * In shares of the trees, each on a thread of its own: on the threads that all parallel streams share, one that
     * waits for a part of its tree may be given another tree, which begins by setting that thread's generator anew.
     *
     * <p>An interrupt lets go whoever waits at once. Each thread first grows the tree that it is at and the first one of
     * every part, up to four, that Smile has cut its share into: some seconds where rows are many.
     */
    private static RandomForest grow(DataFrame data, int[] weights, Options options) {
        int shares = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, Math.min(MOST_THREADS, options.trees()));
        Interruption interruption = new Interruption();
        List<ForkJoinPool> pools = new ArrayList<>();
        List<Future<RandomForest>> grown = new ArrayList<>();
        try {
            for (int share = 0; share < shares; share++) {
                long[] seeds = LongStream.range(
                                (long) share * options.trees() / shares, (share + 1L) * options.trees() / shares)
                        .map(t -> 2 + (options.seed() & 0xFFFF) * 100_000 + t)
                        .toArray();
                ForkJoinPool pool = new ForkJoinPool(1);
                pools.add(pool);
                grown.add(pool.submit(() -> RandomForest.fit(
                        Formula.lhs(LABEL),
                        data,
                        new RandomForest.Options(
                                seeds.length,
                                0,
                                SplitRule.GINI,
                                options.depth(),
                                0,
                                options.leaf(),
                                1,
                                weights,
                                seeds,
                                interruption))));
            }
            RandomForest forest = grown.getFirst().get();
            for (Future<RandomForest> more : grown.subList(1, shares)) {
                forest = forest.merge(more.get());
            }
            return forest;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        } catch (ExecutionException failure) {
            throw new IllegalStateException("Smile failed to grow a forest", failure.getCause());
        } finally {
            interruption.stop();
            pools.forEach(ForkJoinPool::shutdownNow);
        }
    }

    /** Hears of each tree that is grown, and ends the growing there when nobody waits for the forest any more. */
    private static final class Interruption extends IterativeAlgorithmController<RandomForest.TrainingStatus> {

        private final AtomicBoolean stopped = new AtomicBoolean();

        Interruption() {
            // Nobody subscribes, so there is nothing to run.
            super(Runnable::run, 1);
        }

        @Override
        public void stop() {
            stopped.set(true);
        }

        @Override
        public void submit(RandomForest.TrainingStatus tree) {
            if (stopped.get()) {
                throw new CancellationException("interrupted");
            }
        }
    }

    static DataFrame frame(float[][] x, int[] labels) {
        String[] names = new String[x[0].length];
        Arrays.setAll(names, j -> "x" + j);
        return DataFrame.of(x, names).add(new IntVector(LABEL, labels));
    }

    private static void flatten(Node node, double weight, FlatForest.Builder into, int place) {
        switch (node) {
            case DecisionNode leaf -> into.leaf(place, weight * leaf.posteriori(new double[2])[1]);
            case OrdinalNode branch -> {
                double most = (double) FlatForest.hidden(branch, OrdinalNode.class, "value");
                children(branch, weight, into, place, atMost(most));
            }
            default -> throw new IllegalStateException("Unknown node " + node.getClass());
        }
    }

    private static void children(InternalNode branch, double weight, FlatForest.Builder into, int place, float below) {
        int children = into.reserve(2);
        into.branch(place, branch.feature(), below, children);
        flatten(branch.trueChild(), weight, into, children);
        flatten(branch.falseChild(), weight, into, children + 1);
    }

    /** The float below which are exactly the floats that are at most {@code value}. */
    private static float atMost(double value) {
        float near = (float) value;
        return near > value ? near : Math.nextUp(near);
    }

    /**
     * @param x shape [n][p], finite
     * @return probabilities of 1, shape [n]
     */
    public double[] probabilities(float[][] x) {
        return forest.means(x);
    }

    public byte[] toBytes() {
        return forest.toBytes();
    }

    public static ProbabilityForest load(byte[] bytes) {
        return new ProbabilityForest(FlatForest.load(bytes));
    }
}
