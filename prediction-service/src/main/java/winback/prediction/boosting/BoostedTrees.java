package winback.prediction.boosting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.jspecify.annotations.Nullable;
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

    private static BoostedTrees of(Booster booster, int columns) throws XGBoostError {
        return new BoostedTrees(
                new FlatTrees(XgboostJson.trees(booster.toByteArray("json")), columns), booster.toByteArray("ubj"));
    }

    /**
     * @param x shape [n][p], NaN means missing
     * @param y labels, shape [n]
     * @param offset margin that each row starts from, shape [n]
     * @throws java.util.concurrent.CancellationException when the thread is interrupted
     */
    public static BoostedTrees fit(
            float[][] x, float[] y, float[] offset, Objective objective, int trees, BoostingOptions options) {
        try (Boosting boosting = new Boosting()) {
            boosting.begin(x, y, offset, options.parameters(objective));
            for (int tree = 0; tree < trees; tree++) {
                Progress.at((double) tree / trees, tree + " of " + trees + " trees");
                boosting.add(tree);
            }
            return boosting.end(x[0].length);
        }
    }

    /**
     * The library's calls, on a thread of their own: one of them can last for seconds on many rows and does not look for
     * an interrupt. So who asked for it leaves at once, and native memory is given back when the call has returned.
     */
    private static final class Boosting implements AutoCloseable {

        private final ExecutorService thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("boosting").daemon().factory());

        // Only that thread sees these.
        private @Nullable DMatrix data;
        private @Nullable Booster booster;

        void begin(float[][] x, float[] y, float[] offset, Map<String, Object> parameters) {
            call(() -> {
                DMatrix rows = matrix(x, x[0].length);
                data = rows;
                rows.setLabel(y);
                rows.setBaseMargin(offset);
                booster = XGBoost.train(rows, parameters, 0, Map.of(), null, null);
                return 0;
            });
        }

        void add(int tree) {
            call(() -> {
                Objects.requireNonNull(booster).update(Objects.requireNonNull(data), tree);
                return tree;
            });
        }

        BoostedTrees end(int columns) {
            return call(() -> of(Objects.requireNonNull(booster), columns));
        }

        private <T> T call(Callable<T> step) {
            try {
                return thread.submit(step).get();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            } catch (ExecutionException failure) {
                throw new IllegalStateException("XGBoost failed to train", failure.getCause());
            }
        }

        @Override
        public void close() {
            thread.execute(() -> {
                if (booster != null) {
                    booster.dispose();
                }
                if (data != null) {
                    data.dispose();
                }
            });
            thread.shutdown();
        }
    }

    /** From what {@link #toBytes()} gave; {@code columns} is p. */
    public static BoostedTrees load(byte[] bytes, int columns) {
        try {
            Booster booster = XGBoost.loadModel(bytes);
            try {
                return of(booster, columns);
            } finally {
                booster.dispose();
            }
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
