package winback.benchmarks.predict;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.benchmarks.predict.Options.Part;
import winback.benchmarks.predict.Question.Kind;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;

/**
 * The same recipe in Python, in the same run on the same machine, one after the other. A script gets the number of rows
 * to fit on and prints one JSON object with {@code X_us_p50} and {@code X_batch_us_per_row} of {@link #ENSEMBLES}.
 */
final class PeerMeasurement implements PredictBench.InProcess {

    private static final List<String> ENSEMBLES = List.of("engagement", "ltv", "churn");
    private static final double LEAST_SINGLE = 80;
    private static final double LEAST_BATCHES = 3;

    @Override
    public void run(Options options, Path models, Report report) throws IOException, InterruptedException {
        Path script = options.peer();
        if (script == null) {
            Report.say("peer: left out; --peer names the recipe in Python");
            return;
        }
        int rows = 2 * options.customers();
        Report.say("peer: %s on %d rows", script.getFileName(), rows);
        Report.say(
                "peer: the same are the number of rows, the forests, trees, networks and sequences (12 periods of %d);"
                        + " not the same are the data, the features (194 with gaps here, 150 without there), and that"
                        + " here intervals, calibration and the score's record are part of it",
                ScoringBenchmark.COLUMNS);
        JsonNode python = python(script, rows);
        double single = sum(python, "_us_p50");
        double batches = sum(python, "_batch_us_per_row");
        report.add(Part.PEER, "Python, one subscriber, sum of p50", single, "µs");
        report.add(Part.PEER, "Python, batches", batches, "µs a row");
        for (Kind kind : Kind.values()) {
            double one = report.value(Part.ONE, OneMeasurement.p50(kind, ScoringBenchmark.ALL))
                    .orElseThrow();
            double perSecond =
                    report.value(Part.BATCHES, BatchesMeasurement.rate(kind)).orElseThrow();
            report.add(
                    Part.PEER,
                    "one subscriber, Python / " + kind.word(),
                    single / one,
                    "",
                    Limit.atLeast(LEAST_SINGLE));
            report.add(
                    Part.PEER,
                    "batches, Python / " + kind.word(),
                    batches * perSecond / 1e6,
                    "",
                    Limit.atLeast(LEAST_BATCHES));
        }
    }

    private static JsonNode python(Path script, int rows) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("python3", script.toString(), Integer.toString(rows))
                .redirectError(Redirect.INHERIT)
                .start();
        byte[] output = process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(script + " failed with exit code " + process.exitValue());
        }
        return JsonMapper.shared().readTree(new String(output, StandardCharsets.UTF_8));
    }

    private static double sum(JsonNode python, String figure) {
        double sum = 0;
        for (String ensemble : ENSEMBLES) {
            JsonNode value = python.path(ensemble + figure);
            if (!value.isNumber()) {
                throw new IllegalStateException("the peer does not tell " + ensemble + figure);
            }
            sum += value.asDouble();
        }
        return sum;
    }
}
