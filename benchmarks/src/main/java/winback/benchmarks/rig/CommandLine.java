package winback.benchmarks.rig;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Options of a benchmark as they were typed. Everything here throws {@link IllegalArgumentException} when it is wrong,
 * and the message says how.
 *
 * @param properties of the service that is measured
 */
public record CommandLine(Map<String, String> values, Map<String, String> properties, boolean json) {

    /** @param known options that have a value, besides {@code --property} */
    public static CommandLine parse(List<String> args, Set<String> known) {
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
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("unknown option: --" + name);
            }
        }
        return new CommandLine(values, properties, json);
    }

    /** As it would be typed; where the source tree lies is the launcher's business. */
    public static String said(List<String> args) {
        StringBuilder said = new StringBuilder();
        for (int i = 0; i < args.size(); i++) {
            if (args.get(i).equals("--home")) {
                i++;
            } else {
                said.append(args.get(i).contains(" ") ? "\"" + args.get(i) + "\"" : args.get(i))
                        .append(' ');
            }
        }
        return said.toString().strip();
    }

    public Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    public int number(String name, int otherwise, int least, int most) {
        String text = values.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw new IllegalArgumentException("--" + name + " must be " + least + " to " + most + ", not " + text);
    }

    /** {@code --scale} of durations and amounts. */
    public double scale() {
        String text = values.getOrDefault("scale", "1");
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

    /** Those of {@code --only}, in the order of {@code all}; all of them without it. */
    public <P extends Report.Part> Set<P> parts(P[] all) {
        String only = values.get("only");
        if (only == null) {
            return new LinkedHashSet<>(List.of(all));
        }
        List<String> wanted = List.of(only.split(","));
        Set<P> parts = Stream.of(all)
                .filter(part -> wanted.contains(part.word()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (parts.size() != wanted.size()) {
            throw new IllegalArgumentException("--only takes "
                    + Stream.of(all).map(Report.Part::word).collect(Collectors.joining(",")) + ", not " + only);
        }
        return parts;
    }

    /** The source tree that the services were built in. */
    public Path home() {
        return Path.of(values.getOrDefault("home", ".")).toAbsolutePath().normalize();
    }

    public @Nullable Path path(String name) {
        String path = values.get(name);
        return path == null ? null : Path.of(path).toAbsolutePath().normalize();
    }
}
