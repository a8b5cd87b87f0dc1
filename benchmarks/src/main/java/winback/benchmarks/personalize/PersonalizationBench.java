package winback.benchmarks.personalize;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import winback.benchmarks.personalize.Options.Part;
import winback.benchmarks.rig.CommandLine;
import winback.benchmarks.rig.Report;

/**
 * {@code bench personalization}: the personalisation path with a million subscribers in memory, beside what the same
 * server takes for an answer that is there already; and what becomes of it while profiles change, while Kafka or
 * PostgreSQL is away, and when the service is killed. On PostgreSQL, Kafka and a content-service of its own. Progress goes
 * to stderr, the result to stdout.
 */
public final class PersonalizationBench {

    public static final String USAGE = """
            usage: winback bench personalization [--only fill,path,events,outage,kill] [--scale 1] [--json]
                     [--subscribers 1000000] [--seconds 10] [--connections 32] [--keep DIR]
                     [--java-options "-Xmx2560m …"] [--property NAME=VALUE ...]""";

    /** One thing that is measured. */
    @FunctionalInterface
    interface Measurement {
        void run(PersonalizationRig rig, Report report) throws IOException, InterruptedException;
    }

    private PersonalizationBench() {}

    /** Exit code 0 when everything was measured, 1 when something failed, 2 when the command line is wrong. */
    public static int run(List<String> args) {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException wrong) {
            System.err.println("bench: " + wrong.getMessage() + "\n" + USAGE);
            return 2;
        }
        Report report = new Report(
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
                        options.javaOptions()));
        try (PersonalizationRig rig = new PersonalizationRig(options)) {
            Runtime.getRuntime().addShutdownHook(new Thread(rig::close, "bench-stop"));
            for (Part part : options.parts()) {
                measurement(part).run(rig, report);
            }
            report.print(System.out);
            return 0;
        } catch (IOException | RuntimeException failure) {
            System.err.println("bench: " + failure.getMessage());
            failure.printStackTrace();
            return 1;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static Measurement measurement(Part part) {
        return switch (part) {
            case FILL -> new FillMeasurement();
            case PATH -> new PathMeasurement();
            case EVENTS -> new EventsMeasurement();
            case OUTAGE -> new OutageMeasurement();
            case KILL -> new KillMeasurement();
        };
    }
}
