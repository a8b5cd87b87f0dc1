package winback.benchmarks.predict;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import winback.benchmarks.predict.Question.Kind;
import winback.benchmarks.rig.JmhRun;

/** Runs {@link ScoringBenchmark} on fitted models. */
final class ScoringRun {

    private final Path models;
    private final JmhRun jmh;

    /**
     * @param models where {@link Ensembles#fit} kept them
     * @param seconds of each iteration
     */
    ScoringRun(Path models, int seconds) throws IOException {
        this.models = models;
        this.jmh = new JmhRun(models, seconds);
    }

    RunResult run(String method, Kind kind, String question, int threads) {
        return jmh.run(
                ScoringBenchmark.class,
                method,
                Map.of("kind", kind.word(), "question", question),
                Map.of(ScoringBenchmark.MODELS, models.toString()),
                threads);
    }
}
