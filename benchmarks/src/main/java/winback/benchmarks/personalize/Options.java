package winback.benchmarks.personalize;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import winback.benchmarks.rig.CommandLine;
import winback.benchmarks.rig.Report;

/**
 * What to measure and how large.
 *
 * @param parts in the order in which they run
 * @param scale of subscribers and, unless {@code seconds} are given, of durations; the limits are meant for 1
 * @param subscribers known to the service
 * @param seconds of a round, 10 at full scale; all other durations are so many rounds
 * @param connections of the closed loop
 * @param home the source tree that content-service was built in
 * @param keep a data directory that stays and is used again; null for one that is thrown away
 * @param png a file for a picture of the steps; null for none
 * @param javaOptions of content-service
 * @param properties more properties of content-service
 */
record Options(
        Set<Part> parts,
        double scale,
        int subscribers,
        int seconds,
        int connections,
        Path home,
        @Nullable Path keep,
        @Nullable Path png,
        String javaOptions,
        Map<String, String> properties,
        boolean json) {

    /** A million subscribers take more than the heap of {@code up --processes}. */
    private static final String JAVA_OPTIONS = "-Xmx2560m -Xmn256m -XX:+UseSerialGC -XX:SweeperThreshold=60";

    /** The service is killed late: whatever comes after has to warm it up again. */
    enum Part implements Report.Part {
        FILL,
        PATH,
        STEPS,
        EVENTS,
        OUTAGE,
        KILL,
        RUN,
        INSTANCES;

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
                        "seconds",
                        "connections",
                        "home",
                        "keep",
                        "png",
                        "java-options"));
        double scale = line.scale();
        return new Options(
                line.parts(Part.values()),
                scale,
                line.number("subscribers", (int) Math.max(1_000, Math.round(1_000_000 * scale)), 100, Subscribers.MOST),
                line.number("seconds", (int) Math.max(1, Math.round(10 * scale)), 1, 600),
                line.number("connections", 32, 1, 1024),
                line.home(),
                line.path("keep"),
                line.path("png"),
                line.value("java-options").orElse(JAVA_OPTIONS),
                line.properties(),
                line.json());
    }

    /** As long as so many rounds. */
    Duration rounds(double count) {
        return Duration.ofMillis(Math.round(seconds * 1000 * count));
    }
}
