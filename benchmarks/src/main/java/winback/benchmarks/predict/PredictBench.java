package winback.benchmarks.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.jspecify.annotations.Nullable;
import winback.benchmarks.predict.Options.Part;
import winback.benchmarks.rig.CommandLine;
import winback.benchmarks.rig.Measuring;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Scratch;

/**
 * {@code bench predict}: what a prediction takes, in process; and what prediction-service takes for changes, for
 * everyone anew and for trainings, on PostgreSQL, Kafka and a service of its own. Progress goes to stderr, the result
 * to stdout.
 */
public final class PredictBench {

    public static final String USAGE = """
            usage: winback bench predict [--only one,batches,trees,peer,training,stream,rescore] [--scale 1] [--json]
                     [--customers 10000] [--seconds 5] [--peer recipe.py]
                     [--java-options "-Xmx2560m …"] [--property NAME=VALUE ...]""";

    /** One thing that is measured without servers. */
    @FunctionalInterface
    interface InProcess {
        void run(Options options, Path models, Report report)
                throws IOException, InterruptedException, ExecutionException, XGBoostError;
    }

    /** One thing that is measured on servers. */
    @FunctionalInterface
    interface OnServers {
        void run(PredictionRig rig, Report report) throws IOException, InterruptedException, SQLException;
    }

    private PredictBench() {}

    /** As {@link Measuring#run(List, String, java.util.function.Function, java.util.function.Function, Measuring)}. */
    public static int run(List<String> args) {
        return Measuring.run(
                args,
                USAGE,
                Options::parse,
                options -> new Report(
                        "./winback bench predict " + CommandLine.said(args),
                        options.json(),
                        options.scale(),
                        Map.of("customers", options.customers(), "javaOptions", options.javaOptions())),
                (options, report) -> {
                    inProcess(options, report);
                    onServers(options, report);
                });
    }

    private static void inProcess(Options options, Report report)
            throws IOException, InterruptedException, ExecutionException, XGBoostError {
        try (Scratch models = new Scratch(Files.createTempDirectory("winback-models"))) {
            if (options.parts().contains(Part.ONE) || options.parts().contains(Part.BATCHES)) {
                Ensembles.fit(
                        models.directory(), new GeneratedCustomers(options.customers(), ScoringBenchmark.COLUMNS));
            }
            for (Part part : options.parts()) {
                InProcess measurement = inProcess(part);
                if (measurement != null) {
                    measurement.run(options, models.directory(), report);
                }
            }
        }
    }

    private static void onServers(Options options, Report report)
            throws IOException, InterruptedException, SQLException {
        if (options.parts().stream().noneMatch(Part::needsServers)) {
            return;
        }
        try (PredictionRig rig = new PredictionRig(options)) {
            Runtime.getRuntime().addShutdownHook(new Thread(rig::close, "bench-stop"));
            for (Part part : options.parts()) {
                OnServers measurement = onServers(part);
                if (measurement != null) {
                    measurement.run(rig, report);
                }
            }
        }
    }

    private static @Nullable InProcess inProcess(Part part) {
        return switch (part) {
            case ONE -> new OneMeasurement();
            case BATCHES -> new BatchesMeasurement();
            case TREES -> new TreesMeasurement();
            case PEER -> new PeerMeasurement();
            case TRAINING, STREAM, RESCORE -> null;
        };
    }

    private static @Nullable OnServers onServers(Part part) {
        return switch (part) {
            case TRAINING -> new TrainingMeasurement();
            case STREAM -> new StreamMeasurement();
            case RESCORE -> new RescoreMeasurement();
            case ONE, BATCHES, TREES, PEER -> null;
        };
    }
}
