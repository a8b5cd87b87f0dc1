package winback.benchmarks.personalize;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import winback.benchmarks.personalize.Options.Part;
import winback.benchmarks.rig.CommandLine;
import winback.benchmarks.rig.Measuring;
import winback.benchmarks.rig.Report;

/**
 * {@code bench personalization}: the personalisation path with a million subscribers in memory, beside what the same
 * server takes for an answer that is there already; what becomes of it while profiles change, while Kafka or PostgreSQL is
 * away, and when the service is killed; a campaign run over all subscribers; and two instances of which one dies. On PostgreSQL, Kafka and a content-service of its own. Progress goes
 * to stderr, the result to stdout.
 */
public final class PersonalizationBench {

    public static final String USAGE = """
            usage: winback bench personalization [--only fill,path,steps,events,outage,kill,run,instances] [--scale 1]
                     [--json] [--subscribers 1000000] [--seconds 10] [--connections 32] [--keep DIR] [--png FILE]
                     [--java-options "-Xmx2560m …"] [--property NAME=VALUE ...]""";

    /** One thing that is measured. */
    @FunctionalInterface
    interface Measurement {
        void run(PersonalizationRig rig, Report report) throws IOException, InterruptedException;
    }

    private PersonalizationBench() {}

    /** As {@link Measuring#run(List, String, java.util.function.Function, java.util.function.Function, Measuring)}. */
    public static int run(List<String> args) {
        return Measuring.run(
                args,
                USAGE,
                Options::parse,
                options -> new Report(
                        "./winback bench personalization " + CommandLine.said(args),
                        options.json(),
                        options.scale(),
                        Map.of(
                                "subscribers",
                                options.subscribers(),
                                "seconds",
                                options.seconds(),
                                "connections",
                                options.connections(),
                                "javaOptions",
                                options.javaOptions())),
                PersonalizationBench::measure);
    }

    private static void measure(Options options, Report report) throws IOException, InterruptedException {
        try (PersonalizationRig rig = new PersonalizationRig(options)) {
            Runtime.getRuntime().addShutdownHook(new Thread(rig::close, "bench-stop"));
            for (Part part : options.parts()) {
                measurement(part).run(rig, report);
            }
        }
    }

    private static Measurement measurement(Part part) {
        return switch (part) {
            case FILL -> new FillMeasurement();
            case PATH -> new PathMeasurement();
            case STEPS -> new StepsMeasurement();
            case EVENTS -> new EventsMeasurement();
            case OUTAGE -> new OutageMeasurement();
            case KILL -> new KillMeasurement();
            case RUN -> new RunMeasurement();
            case INSTANCES -> new InstancesMeasurement();
        };
    }
}
