package winback.benchmarks.predict;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.HdrHistogram.Histogram;
import winback.benchmarks.predict.Options.Part;
import winback.benchmarks.rig.Report;
import winback.prediction.boosting.BoostedTrees;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.boosting.Objective;
import winback.prediction.models.Floats;
import winback.prediction.models.Sample;

/**
 * Trees alone, from arrays and by XGBoost's own library, which reads the same bytes, in the same run on the same rows.
 */
final class TreesMeasurement implements PredictBench.InProcess {

    private static final int BATCH = 1_000;
    private static final int CUSTOMERS = 4_000;

    /** The recipe of the mission's value model. */
    private static final BoostingOptions MISSION = new BoostingOptions(500, 8, .05, 5, .7, .7, 1, 5, 7, 1);

    /** Keeps the compiler from leaving out what nobody looks at. */
    private volatile double sink;

    @Override
    public void run(Options options, Path models, Report report) throws IOException, XGBoostError {
        Sample sample = new GeneratedCustomers(CUSTOMERS, GeneratedCustomers.COLUMNS).sample(1, 60);
        trees("default", sample, Question.BOOSTING, options.seconds(), report);
        trees("mission", sample, MISSION, options.seconds(), report);
    }

    @FunctionalInterface
    private interface Prediction {
        double of(float[][] rows) throws XGBoostError;
    }

    /** The same trees from arrays and by XGBoost. */
    private void trees(String name, Sample sample, BoostingOptions recipe, int seconds, Report report)
            throws IOException, XGBoostError {
        float[][] x = sample.features();
        float[] y = new float[x.length];
        double[] churned = sample.churned();
        for (int i = 0; i < y.length; i++) {
            y[i] = (float) churned[i];
        }
        BoostedTrees trees = BoostedTrees.fit(x, y, new float[x.length], Objective.LOGISTIC, recipe.maxTrees(), recipe);
        String what = "%d trees of depth %d (%s)".formatted(recipe.maxTrees(), recipe.depth(), name);
        Booster xgboost = XGBoost.loadModel(trees.toBytes());
        try {
            xgboost.setParam("nthread", 1);
            Prediction arrays = rows -> trees.margins(rows, new float[rows.length])[0];
            Prediction matrix = rows -> {
                DMatrix data = new DMatrix(Floats.flat(rows), rows.length, rows[0].length, Float.NaN);
                try {
                    data.setBaseMargin(new float[rows.length]);
                    return xgboost.predict(data, true, 0)[0][0];
                } finally {
                    data.dispose();
                }
            };
            Prediction inPlace =
                    rows -> xgboost.inplace_predict(Floats.flat(rows), rows.length, rows[0].length, Float.NaN)[0][0];
            both(what, x, arrays, seconds, report);
            both(what + ", XGBoost", x, matrix, seconds, report);
            both(what + ", XGBoost in place", x, inPlace, seconds, report);
        } finally {
            xgboost.dispose();
        }
    }

    /** One row at a time, and batches, on one thread. */
    private void both(String name, float[][] rows, Prediction prediction, int seconds, Report report)
            throws XGBoostError {
        Histogram one = calls(rows, 1, prediction, seconds);
        report.add(Part.TREES, name + ", one row, p50", one.getValueAtPercentile(50) / 1e3, "µs");
        report.add(Part.TREES, name + ", one row, p99", one.getValueAtPercentile(99) / 1e3, "µs");
        Histogram batches = calls(rows, BATCH, prediction, seconds);
        report.add(
                Part.TREES,
                name + ", batches of " + BATCH + ", p50",
                batches.getValueAtPercentile(50) / 1e3 / BATCH,
                "µs a row");
    }

    /** What calls with so many rows take in ns, after a warm-up. */
    private Histogram calls(float[][] rows, int size, Prediction prediction, int seconds) throws XGBoostError {
        Histogram nanos = new Histogram(3);
        for (int round = 0; round < 2; round++) {
            nanos.reset();
            long end = System.nanoTime() + seconds * 1_000_000_000L;
            double sum = 0;
            int from = 0;
            for (long now = System.nanoTime(); now < end; ) {
                from = from + size > rows.length ? 0 : from;
                float[][] batch = Arrays.copyOfRange(rows, from, from + size);
                from += size;
                sum += prediction.of(batch);
                long then = System.nanoTime();
                nanos.recordValue(then - now);
                now = then;
            }
            sink = sum;
        }
        return nanos;
    }
}
