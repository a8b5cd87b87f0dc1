package winback.prediction.boosting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import winback.prediction.attribution.Attribution;
import winback.prediction.progress.Progress;

/**
 * One ensemble of trees, fitted by XGBoost and served from {@link FlatTrees arrays}: native memory is held only while
 * it is fitted or loaded. Thread-safe.
 */
public final class BoostedTrees {

    private final FlatTrees trees;
    private final byte[] bytes;

    private BoostedTrees(FlatTrees trees, byte[] bytes) {
        this.trees = trees;
        this.bytes = bytes;
    }

    /** Takes the trees out of a booster and disposes of it. */
    private static BoostedTrees of(Booster booster, int columns) throws XGBoostError {
        try {
            return new BoostedTrees(
                    new FlatTrees(XgboostJson.trees(booster.toByteArray("json")), columns), booster.toByteArray("ubj"));
        } finally {
            booster.dispose();
        }
    }

    /**
     * @param x shape [n][p], NaN means missing
     * @param y labels, shape [n]
     * @param offset margin that each row starts from, shape [n]
     * @throws java.util.concurrent.CancellationException when the thread is interrupted
     */
    public static BoostedTrees fit(
            float[][] x, float[] y, float[] offset, Objective objective, int trees, BoostingOptions options) {
        int p = x[0].length;
        try {
            DMatrix data = matrix(x, p);
            try {
                data.setLabel(y);
                data.setBaseMargin(offset);
                return of(boosted(data, options.parameters(objective), trees), p);
            } finally {
                data.dispose();
            }
        } catch (XGBoostError failure) {
            throw new IllegalStateException("XGBoost failed to train", failure);
        }
    }

    /** Round by round, so that an interrupt is seen after the next tree. */
    private static Booster boosted(DMatrix data, Map<String, Object> parameters, int trees) throws XGBoostError {
        Booster booster = XGBoost.train(data, parameters, 0, Map.of(), null, null);
        try {
            for (int tree = 0; tree < trees; tree++) {
                Progress.at((double) tree / trees, tree + " of " + trees + " trees");
                booster.update(data, tree);
            }
            return booster;
        } catch (XGBoostError | RuntimeException stopped) {
            booster.dispose();
            throw stopped;
        }
    }

    /** From what {@link #toBytes()} gave; {@code columns} is p. */
    public static BoostedTrees load(byte[] bytes, int columns) {
        try {
            return of(XGBoost.loadModel(bytes), columns);
        } catch (XGBoostError failure) {
            throw new IllegalArgumentException("Not a model of XGBoost", failure);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** In XGBoost's own binary JSON (UBJ), readable by its other languages. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /**
     * The numbers that XGBoost itself would give, but for the last digits.
     *
     * @param x shape [n][p], NaN or an infinity, which says no more, means missing
     * @param offset shape [n]
     * @return margins, shape [n]: offset plus what the trees add
     */
    public double[] margins(float[][] x, float[] offset) {
        return margins(x, offset, trees.count());
    }

    /** With the first {@code count} trees only, 0 to all. */
    public double[] margins(float[][] x, float[] offset, int count) {
        if (x.length != offset.length) {
            throw new IllegalArgumentException("Expected " + x.length + " offsets, actual " + offset.length);
        }
        if (count < 0 || count > trees.count()) {
            throw new IllegalArgumentException("Expected at most " + trees.count() + " trees, actual " + count);
        }
        return trees.margins(x, offset, count);
    }

    /**
     * Adds what the trees add to a row's offset, by their Shapley values (TreeSHAP).
     *
     * @param row shape [p]
     * @param weight of the trees in {@code into}
     */
    public void explain(float[] row, float offset, double weight, Attribution into) {
        double[] values = new double[row.length];
        trees.explain(row, values);
        double rest = margins(new float[][] {row}, new float[] {offset})[0] - offset;
        for (int column = 0; column < values.length; column++) {
            into.addFeature(column, weight * values[column]);
            rest -= values[column];
        }
        // Their mean, and what float32 rounds.
        into.addBase(weight * rest);
    }

    private static DMatrix matrix(float[][] x, int p) throws XGBoostError {
        float[] flat = new float[x.length * p];
        for (int i = 0; i < x.length; i++) {
            if (x[i].length != p) {
                throw new IllegalArgumentException("Expected " + p + " features, actual " + x[i].length);
            }
            for (int j = 0; j < p; j++) {
                // An infinite feature would be refused by XGBoost and says no more than a missing one.
                flat[i * p + j] = Float.isInfinite(x[i][j]) ? Float.NaN : x[i][j];
            }
        }
        return new DMatrix(flat, x.length, p, Float.NaN);
    }
}
