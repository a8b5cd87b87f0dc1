package winback.benchmarks.ingest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import winback.benchmarks.rig.CommandLine;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.ServiceProcess;

/**
 * What to measure and how large.
 *
 * @param parts in the order in which they run
 * @param scale of durations and amounts; the limits are meant for 1
 * @param subscribers with history, for the parts that need some
 * @param history events of each of them
 * @param sweep how many subscribers are swept
 * @param home the source tree that profile-service was built in
 * @param keep a data directory that stays and is used again; null for one that is thrown away
 * @param javaOptions of profile-service
 * @param properties more properties of profile-service
 */
record Options(
        Set<Part> parts,
        double scale,
        int subscribers,
        int history,
        int sweep,
        int connections,
        Path home,
        @Nullable Path keep,
        String javaOptions,
        Map<String, String> properties,
        boolean json) {

    enum Part implements Report.Part {
        TRACK(false),
        BATCH(false),
        APPLY(true),
        FRESHNESS(true),
        IMPORT(false),
        SIZE(true),
        SWEEP(true);

        private final boolean needsHistory;

        Part(boolean needsHistory) {
            this.needsHistory = needsHistory;
        }

        /** Whether it asks for subscribers with history. */
        boolean needsHistory() {
            return needsHistory;
        }

        @Override
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws IllegalArgumentException if they are wrong; the message says how */
    static Options parse(List<String> args) {
        CommandLine line = CommandLine.parse(
                args,
                Set.of(
                        "only",
                        "scale",
                        "subscribers",
                        "history",
                        "sweep",
                        "connections",
                        "home",
                        "keep",
                        "java-options"));
        double scale = line.scale();
        return new Options(
                line.parts(Part.values()),
                scale,
                line.number("subscribers", atLeast(20, 100_000 * scale), 1, 10_000_000),
                line.number("history", 6, 1, 1000),
                line.number("sweep", atLeast(50, 1_000_000 * scale), 1, 100_000_000),
                line.number("connections", 64, 1, 1024),
                line.home(),
                line.path("keep"),
                line.value("java-options").orElse(ServiceProcess.JAVA_OPTIONS),
                line.properties(),
                line.json());
    }

    /** An amount at this scale. */
    int scaled(int amount) {
        return atLeast(1, amount * scale);
    }

    /** A duration at this scale; half a second is the least that shows anything. */
    Duration seconds(double seconds) {
        return Duration.ofMillis(Math.max(500, Math.round(seconds * 1000 * scale)));
    }

    private static int atLeast(int least, double amount) {
        return (int) Math.max(least, Math.round(amount));
    }
}
