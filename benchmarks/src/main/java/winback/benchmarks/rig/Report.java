package winback.benchmarks.rig;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import winback.benchmarks.load.HttpLoad;

/** The figures of a run, as a table and as JSON. */
public final class Report {

    /** What was measured: figures of one part stand together. */
    public interface Part {
        /** In options and results. */
        String word();
    }

    /** What a figure has to reach. */
    public record Limit(boolean atLeast, double value) {
        public static Limit atLeast(double value) {
            return new Limit(true, value);
        }

        public static Limit atMost(double value) {
            return new Limit(false, value);
        }

        public boolean isMetBy(double figure) {
            return atLeast ? figure >= value : figure <= value;
        }
    }

    private record Figure(
            Part part,
            String name,
            double value,
            String unit,
            @Nullable Limit limit,
            List<Double> rounds) {}

    private final String command;
    private final boolean asJson;
    private final double scale;
    private final Map<String, Object> settings;
    private final Instant startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final List<Figure> figures = new ArrayList<>();

    /**
     * @param command as it was typed
     * @param scale of durations and amounts; the limits are meant for 1
     * @param settings what else the figures depend on, told in the JSON
     */
    public Report(String command, boolean asJson, double scale, Map<String, Object> settings) {
        this.command = command;
        this.asJson = asJson;
        this.scale = scale;
        this.settings = settings;
    }

    public void add(Part part, String name, double value, String unit) {
        add(part, name, value, unit, null);
    }

    public void add(Part part, String name, double value, String unit, @Nullable Limit limit) {
        add(new Figure(part, name, value, unit, limit, List.of()));
    }

    /** The median of some rounds, which are kept in the JSON. */
    public double addMedian(Part part, String name, double[] rounds, String unit, @Nullable Limit limit) {
        double median = median(rounds);
        add(new Figure(
                part, name, median, unit, limit, DoubleStream.of(rounds).boxed().toList()));
        return median;
    }

    /** A figure that was added before; empty when it was not. */
    public OptionalDouble value(Part part, String name) {
        return figures.stream()
                .filter(figure -> figure.part() == part && figure.name().equals(name))
                .mapToDouble(Figure::value)
                .findFirst();
    }

    private void add(Figure figure) {
        figures.add(figure);
        say("%s: %s %s%s", figure.part().word(), figure.name(), figured(figure), verdict(figure));
    }

    public static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Progress, on stderr. */
    public static void say(String format, Object... values) {
        System.err.println("bench: " + format.formatted(values));
    }

    /** The same, after saying how many requests failed; of nothing but failures there is no figure. */
    public static HttpLoad.Result checked(HttpLoad.Result result) {
        if (result.errors() > 0) {
            say("%d requests failed, the first with: %s", result.errors(), result.firstError());
        }
        if (result.requests() == 0) {
            throw new IllegalStateException("no request succeeded: " + result.firstError());
        }
        return result;
    }

    private static String figured(Figure figure) {
        return number(figure.value()) + (figure.unit().isEmpty() ? "" : " " + figure.unit());
    }

    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 1000 ? "%,.0f" : size >= 100 ? "%.0f" : "%.2f", value);
    }

    private static String verdict(Figure figure) {
        Limit limit = figure.limit();
        return limit == null
                ? ""
                : " (%s %s: %s)"
                        .formatted(
                                limit.atLeast() ? "≥" : "≤",
                                number(limit.value()),
                                limit.isMetBy(figure.value()) ? "met" : "missed");
    }

    public void print(PrintStream out) {
        if (asJson) {
            out.println(JsonMapper.shared().writeValueAsString(json()));
            return;
        }
        out.println("$ " + command);
        machine().forEach((name, value) -> out.printf("%s: %s%n", name, value));
        out.printf("%s%n%n", scale == 1 ? "" : "a trial: durations and amounts at " + scale + " of the full ones");
        int width = figures.stream().mapToInt(f -> f.name().length()).max().orElse(0);
        for (Figure figure : figures) {
            out.printf(
                    "%-10s %-" + Math.max(1, width) + "s %14s%s%n",
                    figure.part().word(),
                    figure.name(),
                    figured(figure),
                    verdict(figure));
        }
    }

    private Map<String, Object> json() {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("command", command);
        result.put("startedAt", startedAt.toString());
        result.put("machine", machine());
        result.put("scale", scale);
        result.putAll(settings);
        List<Map<String, Object>> list = new ArrayList<>();
        for (Figure figure : figures) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("part", figure.part().word());
            entry.put("name", figure.name());
            entry.put("value", figure.value());
            entry.put("unit", figure.unit());
            if (!figure.rounds().isEmpty()) {
                entry.put("rounds", figure.rounds());
            }
            Limit limit = figure.limit();
            if (limit != null) {
                entry.put(limit.atLeast() ? "atLeast" : "atMost", limit.value());
                entry.put("met", limit.isMetBy(figure.value()));
            }
            list.add(entry);
        }
        result.put("figures", list);
        return result;
    }

    private static Map<String, Object> machine() {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os) {
            machine.put("memoryGiB", os.getTotalMemorySize() >> 30);
        }
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("java", System.getProperty("java.vm.version"));
        return machine;
    }
}
