package winback.benchmarks.predict;

import java.io.IOException;
import java.nio.file.Path;
import winback.benchmarks.predict.Options.Part;
import winback.benchmarks.predict.Question.Kind;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;

/** Batches of 1,000 subscribers on two threads, features to scores with intervals. */
final class BatchesMeasurement implements PredictBench.InProcess {

    private static final int THREADS = 2;
    private static final double LEAST_PER_SECOND = 20_000;

    static String rate(Kind kind) {
        return kind.word() + ", all three, two threads";
    }

    @Override
    public void run(Options options, Path models, Report report) throws IOException {
        ScoringRun jmh = new ScoringRun(models, options.seconds());
        for (Kind kind : Kind.values()) {
            double perSecond = jmh.run("batches", kind, ScoringBenchmark.ALL, THREADS)
                    .getPrimaryResult()
                    .getScore();
            report.add(
                    Part.BATCHES,
                    rate(kind),
                    perSecond,
                    "subscribers/s",
                    kind == Kind.SERVED ? Limit.atLeast(LEAST_PER_SECOND) : null);
        }
    }
}
