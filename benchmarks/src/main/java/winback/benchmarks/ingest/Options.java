package winback.benchmarks.ingest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    enum Part {
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

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws IllegalArgumentException if they are wrong; the message says how */
    static Options parse(List<String> args) {
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, String> properties = new LinkedHashMap<>();
        boolean json = false;
        for (int i = 0; i < args.size(); i++) {
            String argument = args.get(i);
            if (argument.equals("--json")) {
                json = true;
            } else if (argument.equals("--property") && i + 1 < args.size()) {
                String[] pair = args.get(++i).split("=", 2);
                if (pair.length < 2) {
                    throw new IllegalArgumentException("--property is NAME=VALUE, not " + pair[0]);
                }
                properties.put(pair[0], pair[1]);
            } else if (argument.startsWith("--") && i + 1 < args.size()) {
                values.put(argument.substring(2), args.get(++i));
            } else {
                throw new IllegalArgumentException("unknown argument: " + argument);
            }
        }
        List<String> known = List.of(
                "only", "scale", "subscribers", "history", "sweep", "connections", "home", "keep", "java-options");
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("unknown option: --" + name);
            }
        }
        double scale = scale(values.getOrDefault("scale", "1"));
        String keep = values.get("keep");
        return new Options(
                parts(values.get("only")),
                scale,
                number(values, "subscribers", atLeast(20, 100_000 * scale), 10_000_000),
                number(values, "history", 6, 1000),
                number(values, "sweep", atLeast(50, 1_000_000 * scale), 100_000_000),
                number(values, "connections", 64, 1024),
                Path.of(values.getOrDefault("home", ".")).toAbsolutePath().normalize(),
                keep == null ? null : Path.of(keep).toAbsolutePath().normalize(),
                values.getOrDefault("java-options", ProfileService.JAVA_OPTIONS),
                properties,
                json);
    }

    private static Set<Part> parts(@Nullable String only) {
        if (only == null) {
            return new LinkedHashSet<>(List.of(Part.values()));
        }
        List<String> wanted = List.of(only.split(","));
        Set<Part> parts = new LinkedHashSet<>();
        for (Part part : Part.values()) {
            if (wanted.contains(part.word())) {
                parts.add(part);
            }
        }
        if (parts.size() != wanted.size()) {
            throw new IllegalArgumentException(
                    "--only takes track,batch,apply,freshness,import,size,sweep, not " + only);
        }
        return parts;
    }

    private static double scale(String text) {
        try {
            double scale = Double.parseDouble(text);
            if (scale > 0 && scale <= 10) {
                return scale;
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw new IllegalArgumentException("--scale must be above 0 and at most 10, not " + text);
    }

    private static int number(Map<String, String> values, String name, int otherwise, int max) {
        String text = values.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number > 0 && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw new IllegalArgumentException("--" + name + " must be 1 to " + max + ", not " + text);
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
