package winback.prediction.forests;

import java.util.Arrays;
import smile.anomaly.IsolationForest;
import smile.anomaly.IsolationTree;
import smile.math.MathEx;
import winback.prediction.progress.Progress;

/**
 * How unlike the others a row is, by an isolation forest (Smile). Its decision value is above 0 for the rows that are
 * like most, and below for the share that is taken for anomalous; it is no probability.
 *
 * <p>F. T. Liu, K. M. Ting, Z.-H. Zhou (2008), Isolation Forest.
 */
public final class AnomalyForest {

    /** Rows that a tree sees; Liu et al. find no gain beyond. */
    private static final int SUBSAMPLE = 256;

    private static final int ROWS_BETWEEN_LOOKS = 1_024;

    private static final double EULER = 0.5772156649;

    private final FlatForest forest;
    private final double normaliser;
    private final double threshold;

    private AnomalyForest(FlatForest forest, double normaliser, double threshold) {
        this.forest = forest;
        this.normaliser = normaliser;
        this.threshold = threshold;
    }

    /** @param threshold score from which a row is anomalous */
    @SuppressWarnings("ArrayRecordComponent") // bytes by design; compared nowhere
    public record Artefact(byte[] forest, double normaliser, double threshold) {}

    /**
     * @param x shape [n][p], finite, n ≥ 3
     * @param trees how many, ≥ 1
     * @param contamination the share of the rows that is taken for anomalous, in (0, .5]
     * @throws java.util.concurrent.CancellationException when the thread is interrupted
     */
    public static AnomalyForest fit(float[][] x, int trees, double contamination, long seed) {
        IsolationForest grown = grow(doubles(x), trees, seed);
        FlatForest.Builder flat = new FlatForest.Builder();
        for (IsolationTree tree : grown.trees()) {
            flatten(FlatForest.hidden(tree, IsolationTree.class, "root"), flat, flat.root());
        }
        // Smile normalises by the number of rows.
        double normaliser = 2 * (Math.log(x.length - 1) + EULER - (x.length - 1.) / x.length);
        AnomalyForest forest = new AnomalyForest(flat.build(), normaliser, 0);
        double[] scores = new double[x.length];
        for (int from = 0; from < x.length; from += ROWS_BETWEEN_LOOKS) {
            Progress.stopIfInterrupted();
            float[][] some = Arrays.copyOfRange(x, from, Math.min(x.length, from + ROWS_BETWEEN_LOOKS));
            System.arraycopy(forest.scores(some), 0, scores, from, some.length);
        }
        Arrays.sort(scores);
        int most = (int) Math.floor((1 - contamination) * (scores.length - 1));
        return new AnomalyForest(forest.forest, normaliser, scores[most]);
    }

    /** Tree by tree, each from its own seed: Smile's threads would share their generators in no fixed order. */
    static IsolationForest grow(double[][] x, int count, long seed) {
        int n = x.length;
        double share = Math.clamp((double) SUBSAMPLE / n, 0, .7);
        IsolationTree[] trees = new IsolationTree[count];
        for (int t = 0; t < count; t++) {
            Progress.at((double) t / count, t + " of " + count + " trees");
            MathEx.setSeed(2 + (seed & 0xFFFF) * 100_000 + t);
            trees[t] = IsolationForest.fit(x, new IsolationForest.Options(1, 0, share, 0))
                    .trees()[0];
        }
        return new IsolationForest(n, x[0].length, 0, trees);
    }

    static double[][] doubles(float[][] x) {
        double[][] doubles = new double[x.length][x[0].length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[i].length; j++) {
                doubles[i][j] = x[i][j];
            }
        }
        return doubles;
    }

    private static void flatten(Object node, FlatForest.Builder into, int place) {
        Class<?> type = node.getClass();
        if (FlatForest.perhapsHidden(node, type, "left") == null) {
            into.leaf(place, (double) FlatForest.hidden(node, type, "depth"));
            return;
        }
        double[] slopes = (double[]) FlatForest.hidden(node, type, "slope");
        double bias = (double) FlatForest.hidden(node, type, "bias");
        int feature = 0;
        for (int j = 0; j < slopes.length; j++) {
            if (slopes[j] != 0) {
                feature = j;
            }
        }
        double slope = slopes[feature];
        int children = into.reserve(2);
        Object left = FlatForest.hidden(node, type, "left");
        Object right = FlatForest.hidden(node, type, "right");
        into.branch(place, feature, split(slope, bias), children);
        flatten(slope > 0 ? left : right, into, children);
        flatten(slope > 0 ? right : left, into, children + 1);
    }

    /**
     * The float below which are, for a slope above 0, exactly the floats x with slope × x &lt; bias; for one below 0,
     * exactly the others. Found from near by, since Smile compares rounded products.
     */
    private static float split(double slope, double bias) {
        float near = (float) (bias / slope);
        if (slope > 0) {
            while (slope * near < bias) {
                near = Math.nextUp(near);
            }
            while (!(slope * Math.nextDown(near) < bias)) {
                near = Math.nextDown(near);
            }
        } else {
            while (!(slope * near < bias)) {
                near = Math.nextUp(near);
            }
            while (slope * Math.nextDown(near) < bias) {
                near = Math.nextDown(near);
            }
        }
        return near;
    }

    /** In (0, 1]; near 1 for what is unlike the others; shape [n]. */
    double[] scores(float[][] x) {
        double[] scores = forest.means(x);
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Math.pow(2, -scores[i] / normaliser);
        }
        return scores;
    }

    /**
     * @param x shape [n][p], finite
     * @return about -.5 to .5, shape [n]
     */
    public double[] decisions(float[][] x) {
        double[] decisions = scores(x);
        for (int i = 0; i < decisions.length; i++) {
            decisions[i] = threshold - decisions[i];
        }
        return decisions;
    }

    public Artefact toArtefact() {
        return new Artefact(forest.toBytes(), normaliser, threshold);
    }

    public static AnomalyForest load(Artefact artefact) {
        return new AnomalyForest(FlatForest.load(artefact.forest()), artefact.normaliser(), artefact.threshold());
    }
}
