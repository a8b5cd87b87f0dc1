package winback.benchmarks.predict;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.boosting.BoostedTrees;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.boosting.Objective;
import winback.prediction.churn.ChurnModel;
import winback.prediction.models.Model;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.value.ValueModel;

/**
 * What a prediction takes: the models that are served, by the default recipe, one subscriber at a time on one thread
 * and in batches on two; and their trees alone beside XGBoost's own prediction of the same trees in the same run.
 * Progress goes to stderr, the result to stdout.
 */
public final class PredictBench {

    public static final String USAGE = "winback bench predict [--customers 4000] [--seconds 5] [--json]";

    private static final int BATCH = 1_000;
    private static final int THREADS = 2;
    private static final int LABEL_DAYS = 60;

    /** The defaults of {@code winback.boosting}. */
    private static final BoostingOptions RECIPE = new BoostingOptions(320, 3, .05, 5, .7, .7, 1, 5, 7, 1);

    /** The recipe of the mission's value model. */
    private static final BoostingOptions MISSION = new BoostingOptions(500, 8, .05, 5, .7, .7, 1, 5, 7, 1);

    /** @param seconds that each figure is measured for, after as many of warm-up */
    record Options(int customers, int seconds, boolean json) {

        /** @throws IllegalArgumentException if they are wrong; the message says how */
        static Options parse(List<String> args) {
            int customers = 4_000;
            int seconds = 5;
            boolean json = false;
            for (int i = 0; i < args.size(); i++) {
                switch (args.get(i)) {
                    case "--json" -> json = true;
                    case "--customers" -> customers = number("--customers", args, ++i, 500, 1_000_000);
                    case "--seconds" -> seconds = number("--seconds", args, ++i, 1, 600);
                    default -> throw new IllegalArgumentException("unknown argument: " + args.get(i));
                }
            }
            return new Options(customers, seconds, json);
        }

        private static int number(String name, List<String> args, int i, int least, int most) {
            String text = i < args.size() ? args.get(i) : "";
            try {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException notANumber) {
                // said below
            }
            throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", not " + text);
        }
    }

    private record Figure(String name, double value, String unit) {}

    private final Options options;
    private final List<Figure> figures = new ArrayList<>();

    /** Keeps the compiler from leaving out what nobody looks at. */
    private volatile double sink;

    private PredictBench(Options options) {
        this.options = options;
    }

    /** Exit code 0 when everything was measured, 1 when something failed, 2 when the command line is wrong. */
    public static int run(List<String> args) {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException wrong) {
            System.err.println("bench: " + wrong.getMessage() + "\n" + USAGE);
            return 2;
        }
        try {
            new PredictBench(options).measure();
            return 0;
        } catch (IOException | XGBoostError | ExecutionException | RuntimeException failure) {
            System.err.println("bench: " + failure.getMessage());
            failure.printStackTrace();
            return 1;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private void measure() throws IOException, XGBoostError, InterruptedException, ExecutionException {
        GeneratedCustomers customers = new GeneratedCustomers(options.customers());
        List<Sample> labelled = List.of(customers.sample(0, LABEL_DAYS), customers.sample(1, LABEL_DAYS));
        Sample newest = customers.sample(2, LABEL_DAYS);
        say("fitting churn and value on %d rows of %d features", 2 * newest.size(), newest.features()[0].length);
        try (ChurnModel churn = ChurnModel.fit(labelled, newest, new ModelOptions(30, RECIPE));
                ValueModel value = ValueModel.fit(labelled, newest, new ModelOptions(365, RECIPE))) {
            say(
                    "churn: %s, %d trees",
                    churn.correction().weights(), churn.correction().treeCount());
            say(
                    "value: %s, %d trees",
                    value.correction().weights(), value.correction().treeCount());
            float[][] rows = newest.features();
            single("churn", rows, row -> churn.predict(row)[0]);
            single("value", rows, row -> value.predict(row)[0]);
            single("both", rows, row -> churn.predict(row)[0] + value.predict(row)[0]);
            single(
                    "churn explained",
                    rows,
                    row -> churn.explain(row[0]).orElseThrow().base());
            batches("both, batches of " + BATCH + ", " + THREADS + " threads", List.of(churn, value), rows);
        }
        trees("default", labelled.getLast(), RECIPE);
        trees("mission", labelled.getLast(), MISSION);
        report();
    }

    @FunctionalInterface
    private interface Prediction {
        double of(float[][] rows) throws XGBoostError;
    }

    /** p50 and p99 of one row at a time. */
    private void single(String name, float[][] rows, Prediction prediction) throws XGBoostError {
        Histogram nanos = calls(rows, 1, prediction);
        add(name + ", one row, p50", nanos.getValueAtPercentile(50) / 1e3, "µs");
        add(name + ", one row, p99", nanos.getValueAtPercentile(99) / 1e3, "µs");
    }

    /** p50 of batches on one thread. */
    private void batch(String name, float[][] rows, Prediction prediction) throws XGBoostError {
        int size = Math.min(BATCH, rows.length);
        Histogram nanos = calls(rows, size, prediction);
        add(name + ", batches of " + size + ", p50", nanos.getValueAtPercentile(50) / 1e3 / size, "µs a row");
    }

    /** What calls with so many rows take in ns, after a warm-up. */
    private Histogram calls(float[][] rows, int size, Prediction prediction) throws XGBoostError {
        Histogram nanos = new Histogram(3);
        for (int round = 0; round < 2; round++) {
            nanos.reset();
            long end = System.nanoTime() + options.seconds() * 1_000_000_000L;
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

    private void batches(String name, List<Model> models, float[][] rows)
            throws InterruptedException, ExecutionException {
        float[][] batch = Arrays.copyOf(rows, Math.min(BATCH, rows.length));
        double perSecond = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int round = 0; round < 2; round++) {
                long begin = System.nanoTime();
                long end = begin + options.seconds() * 1_000_000_000L;
                Callable<Long> work = () -> {
                    long done = 0;
                    double sum = 0;
                    while (System.nanoTime() < end) {
                        for (Model model : models) {
                            sum += model.predict(batch)[0];
                        }
                        done += batch.length;
                    }
                    sink = sum;
                    return done;
                };
                List<Future<Long>> running = new ArrayList<>();
                for (int t = 0; t < THREADS; t++) {
                    running.add(threads.submit(work));
                }
                long done = 0;
                for (Future<Long> one : running) {
                    done += one.get();
                }
                perSecond = done * 1e9 / (System.nanoTime() - begin);
            }
        }
        add(name, perSecond, "subscribers/s");
    }

    /** The same trees from arrays and by XGBoost. */
    private void trees(String name, Sample sample, BoostingOptions recipe) throws IOException, XGBoostError {
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
                DMatrix data = new DMatrix(flat(rows), rows.length, rows[0].length, Float.NaN);
                try {
                    data.setBaseMargin(new float[rows.length]);
                    return xgboost.predict(data, true, 0)[0][0];
                } finally {
                    data.dispose();
                }
            };
            Prediction inPlace =
                    rows -> xgboost.inplace_predict(flat(rows), rows.length, rows[0].length, Float.NaN)[0][0];
            single(what, x, arrays);
            single(what + ", XGBoost", x, matrix);
            single(what + ", XGBoost in place", x, inPlace);
            batch(what, x, arrays);
            batch(what + ", XGBoost", x, matrix);
            batch(what + ", XGBoost in place", x, inPlace);
        } finally {
            xgboost.dispose();
        }
    }

    private static float[] flat(float[][] rows) {
        int p = rows[0].length;
        float[] flat = new float[rows.length * p];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, flat, i * p, p);
        }
        return flat;
    }

    private void add(String name, double value, String unit) {
        figures.add(new Figure(name, value, unit));
        say("%s: %s %s", name, number(value), unit);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 1000 ? "%,.0f" : "%.2f", value);
    }

    private void report() {
        if (options.json()) {
            List<Map<String, Object>> list = new ArrayList<>();
            for (Figure figure : figures) {
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("name", figure.name());
                entry.put("value", figure.value());
                entry.put("unit", figure.unit());
                list.add(entry);
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("customers", options.customers());
            result.put("cores", Runtime.getRuntime().availableProcessors());
            result.put("java", System.getProperty("java.vm.version"));
            result.put("figures", list);
            System.out.println(JsonMapper.shared().writeValueAsString(result));
            return;
        }
        for (Figure figure : figures) {
            System.out.printf("%-64s %12s %s%n", figure.name(), number(figure.value()), figure.unit());
        }
    }

    private static void say(String format, Object... values) {
        System.err.println("bench: " + format.formatted(values));
    }
}
