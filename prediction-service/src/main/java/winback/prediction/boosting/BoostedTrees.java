package winback.prediction.boosting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/** One ensemble of trees. Holds native memory until closed. Thread-safe. */
public final class BoostedTrees implements AutoCloseable {

    private final Booster booster;
    private final int columns;

    private BoostedTrees(Booster booster, int columns) {
        this.booster = booster;
        this.columns = columns;
    }

    /**
     * @param x shape [n][p], NaN means missing
     * @param y labels, shape [n]
     * @param offset margin that each row starts from, shape [n]
     */
    public static BoostedTrees fit(
            float[][] x, float[] y, float[] offset, Objective objective, int trees, BoostingOptions options) {
        int p = x[0].length;
        try {
            DMatrix data = matrix(x, p);
            try {
                data.setLabel(y);
                data.setBaseMargin(offset);
                return new BoostedTrees(
                        XGBoost.train(data, options.parameters(objective), trees, Map.of(), null, null), p);
            } finally {
                data.dispose();
            }
        } catch (XGBoostError failure) {
            throw new IllegalStateException("XGBoost failed to train", failure);
        }
    }

    /** From what {@link #toBytes()} gave; {@code columns} is p. */
    public static BoostedTrees load(byte[] bytes, int columns) {
        try {
            Booster booster = XGBoost.loadModel(bytes);
            // Batches are small: threads would cost more in waiting for each other than they gain.
            booster.setParam("nthread", 1);
            return new BoostedTrees(booster, columns);
        } catch (XGBoostError failure) {
            throw new IllegalArgumentException("Not a model of XGBoost", failure);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** In XGBoost's own binary JSON (UBJ), readable by its other languages. */
    public byte[] toBytes() {
        try {
            return booster.toByteArray("ubj");
        } catch (XGBoostError failure) {
            throw new IllegalStateException("XGBoost failed to save", failure);
        }
    }

    /**
     * @param x shape [n][p], n ≥ 1
     * @param offset shape [n]
     * @return margins, shape [n]: offset plus what the trees add
     */
    public double[] margins(float[][] x, float[] offset) {
        return margins(x, offset, 0);
    }

    /** With the first {@code trees} only; 0 means all. */
    public double[] margins(float[][] x, float[] offset, int trees) {
        if (x.length != offset.length || x.length == 0) {
            throw new IllegalArgumentException("Expected " + x.length + " offsets, actual " + offset.length);
        }
        try {
            DMatrix data = matrix(x, columns);
            try {
                data.setBaseMargin(offset);
                float[][] margins = booster.predict(data, true, trees);
                double[] flat = new double[margins.length];
                for (int i = 0; i < flat.length; i++) {
                    flat[i] = margins[i][0];
                }
                return flat;
            } finally {
                data.dispose();
            }
        } catch (XGBoostError failure) {
            throw new IllegalStateException("XGBoost failed to predict", failure);
        }
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

    @Override
    public void close() {
        booster.dispose();
    }
}
