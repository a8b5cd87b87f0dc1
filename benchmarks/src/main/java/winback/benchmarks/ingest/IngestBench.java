package winback.benchmarks.ingest;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import winback.benchmarks.ingest.Options.Part;
import winback.benchmarks.rig.CommandLine;
import winback.benchmarks.rig.Measuring;
import winback.benchmarks.rig.Report;

/**
 * {@code bench ingest}: from the HTTP request to the published profile, on PostgreSQL, Kafka and a profile-service of its
 * own. Progress goes to stderr, the result to stdout.
 */
public final class IngestBench {

    public static final String USAGE = """
            usage: winback bench ingest [--only track,batch,apply,freshness,import,size,sweep] [--scale 1] [--json]
                     [--subscribers 100000] [--history 6] [--sweep 1000000] [--connections 64] [--keep DIR]
                     [--java-options "-Xmx1g -Xmn256m …"] [--property NAME=VALUE ...]""";

    /** One thing that is measured. */
    @FunctionalInterface
    interface Measurement {
        void run(Rig rig, Report report) throws IOException, InterruptedException, SQLException;
    }

    private IngestBench() {}

    /** As {@link Measuring#run(List, String, java.util.function.Function, java.util.function.Function, Measuring)}. */
    public static int run(List<String> args) {
        return Measuring.run(
                args,
                USAGE,
                Options::parse,
                options -> new Report(
                        "./winback bench ingest " + CommandLine.said(args),
                        options.json(),
                        options.scale(),
                        Map.of("subscribers", options.subscribers(), "connections", options.connections())),
                IngestBench::measure);
    }

    private static void measure(Options options, Report report) throws IOException, InterruptedException, SQLException {
        try (Rig rig = new Rig(options)) {
            Runtime.getRuntime().addShutdownHook(new Thread(rig::close, "bench-stop"));
            if (options.parts().stream().anyMatch(Part::needsHistory)) {
                rig.preload();
            }
            for (Part part : options.parts()) {
                measurement(part).run(rig, report);
            }
        }
    }

    private static Measurement measurement(Part part) {
        return switch (part) {
            case TRACK -> new TrackMeasurement();
            case BATCH -> new BatchMeasurement();
            case APPLY -> new ApplyMeasurement();
            case FRESHNESS -> new FreshnessMeasurement();
            case IMPORT -> new ImportMeasurement();
            case SIZE -> new SizeMeasurement();
            case SWEEP -> new SweepMeasurement();
        };
    }
}
