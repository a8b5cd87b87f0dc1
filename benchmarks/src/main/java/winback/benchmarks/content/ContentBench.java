package winback.benchmarks.content;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.util.Statistics;
import winback.benchmarks.content.Options.Part;
import winback.benchmarks.rig.CommandLine;
import winback.benchmarks.rig.JmhRun;
import winback.benchmarks.rig.Measuring;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.Scratch;

/** {@code bench content}: what rendering a mail takes, in process, for readers of every kind. */
public final class ContentBench {

    public static final String USAGE = "usage: winback bench content [--only render] [--seconds 3] [--json]";

    private static final double MOST_MICROS = 60;
    private static final double NANOS_A_MICRO = 1000;

    private ContentBench() {}

    /** As {@link Measuring#run(List, String, java.util.function.Function, java.util.function.Function, Measuring)}. */
    public static int run(List<String> args) {
        return Measuring.run(
                args,
                USAGE,
                Options::parse,
                options -> new Report(
                        "./winback bench content " + CommandLine.said(args),
                        options.json(),
                        1,
                        Map.of("seconds", options.seconds())),
                ContentBench::render);
    }

    private static void render(Options options, Report report) throws IOException {
        try (Scratch scratch = new Scratch(Files.createTempDirectory("winback-content"))) {
            JmhRun jmh = new JmhRun(scratch.directory(), options.seconds());
            for (String language : List.of("en", "es")) {
                for (Reader reader : Reader.values()) {
                    Statistics nanos = jmh.run(
                                    RenderingBenchmark.class,
                                    "render",
                                    Map.of("reader", reader.word(), "language", language),
                                    Map.of(),
                                    1)
                            .getPrimaryResult()
                            .getStatistics();
                    String what = language + ", " + reader.word();
                    report.add(
                            Part.RENDER,
                            what + ", p50",
                            nanos.getPercentile(50) / NANOS_A_MICRO,
                            "µs",
                            Limit.atMost(MOST_MICROS));
                    report.add(Part.RENDER, what + ", p99", nanos.getPercentile(99) / NANOS_A_MICRO, "µs");
                }
            }
        }
    }
}
