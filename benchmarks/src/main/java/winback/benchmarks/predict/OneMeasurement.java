package winback.benchmarks.predict;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;
import winback.benchmarks.predict.Options.Part;
import winback.benchmarks.predict.Question.Kind;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;

/** One subscriber at a time on one thread, features to scores with intervals. */
final class OneMeasurement implements PredictBench.InProcess {

    private static final double MOST_MICROS = 500;

    /** The figure that others are compared with. */
    static String p50(Kind kind, String question) {
        return kind.word() + ", " + question + ", p50";
    }

    @Override
    public void run(Options options, Path models, Report report) throws IOException {
        ScoringRun jmh = new ScoringRun(models, options.seconds());
        List<String> questions =
                new ArrayList<>(Stream.of(Question.values()).map(Question::word).toList());
        questions.add(ScoringBenchmark.ALL);
        for (Kind kind : Kind.values()) {
            for (String question : questions) {
                RunResult result = jmh.run("one", kind, question, 1);
                Statistics micros = result.getPrimaryResult().getStatistics();
                if (question.equals(ScoringBenchmark.ALL)) {
                    report.add(
                            Part.ONE, p50(kind, question), micros.getPercentile(50), "µs", Limit.atMost(MOST_MICROS));
                } else {
                    report.add(Part.ONE, p50(kind, question), micros.getPercentile(50), "µs");
                }
                report.add(Part.ONE, kind.word() + ", " + question + ", p99", micros.getPercentile(99), "µs");
            }
        }
        Statistics explained = jmh.run("explained", Kind.SERVED, Question.CHURN.word(), 1)
                .getPrimaryResult()
                .getStatistics();
        report.add(Part.ONE, "served, churn explained, p50", explained.getPercentile(50), "µs");
        report.add(Part.ONE, "served, churn explained, p99", explained.getPercentile(99), "µs");
    }
}
