package winback.benchmarks.predict;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
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
 * @param scale of durations and amounts of what runs on servers; the limits are meant for 1
 * @param customers of each of the two cutoffs that models in process are fitted on
 * @param seconds that each figure in process is measured for, after as many of warm-up
 * @param peer the recipe in Python; null leaves the part out
 * @param home the source tree that the services were built in
 * @param javaOptions of prediction-service
 * @param properties more properties of prediction-service
 */
record Options(
        Set<Part> parts,
        double scale,
        int customers,
        int seconds,
        @Nullable Path peer,
        Path home,
        String javaOptions,
        Map<String, String> properties,
        boolean json) {

    /** A training of three models takes more than the heap of {@code up --processes}. */
    private static final String JAVA_OPTIONS = "-Xmx2560m -Xmn512m -XX:+UseSerialGC";

    /** Training comes before the others that need servers: what it makes is what they are scored by. */
    enum Part implements Report.Part {
        ONE,
        BATCHES,
        TREES,
        PEER,
        TRAINING,
        STREAM,
        RESCORE;

        /** Whether it asks for PostgreSQL, Kafka and a prediction-service. */
        boolean needsServers() {
            return switch (this) {
                case ONE, BATCHES, TREES, PEER -> false;
                case TRAINING, STREAM, RESCORE -> true;
            };
        }

        @Override
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws IllegalArgumentException if they are wrong; the message says how */
    static Options parse(List<String> args) {
        CommandLine line = CommandLine.parse(
                args, Set.of("only", "scale", "customers", "seconds", "peer", "home", "java-options"));
        Path peer = line.path("peer");
        Set<Part> parts = EnumSet.copyOf(line.parts(Part.values()));
        if (parts.contains(Part.PEER) && peer != null) {
            // What it is compared with.
            parts.addAll(Set.of(Part.ONE, Part.BATCHES));
        }
        return new Options(
                parts,
                line.scale(),
                line.number("customers", 10_000, 500, 1_000_000),
                line.number("seconds", 5, 1, 600),
                peer,
                line.home(),
                line.value("java-options").orElse(JAVA_OPTIONS),
                line.properties(),
                line.json());
    }

    /** An amount at this scale. */
    int scaled(int amount, int least) {
        return (int) Math.max(least, Math.round(amount * scale));
    }

    /** A duration at this scale. */
    Duration seconds(double full) {
        return Duration.ofMillis(Math.max(5000, Math.round(full * 1000 * scale)));
    }
}
