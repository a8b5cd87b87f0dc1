package winback.benchmarks.personalize;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.benchmarks.Bench;

class PersonalizationBenchIT {

    private static final int LAST_LINES = 60;

    /** At a scale that says nothing about speed; that these parts run to their end and that nothing is lost. */
    @Test
    void partsAreMeasuredAndNothingIsLost(@TempDir Path directory) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        Path picture = directory.resolve("steps.png");
        Process bench = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Djava.io.tmpdir=" + directory,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Bench.class.getName(),
                        "personalization",
                        "--home",
                        Path.of("..").toAbsolutePath().normalize().toString(),
                        "--java-options",
                        "-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                        "--only",
                        "fill,path,steps,events,kill,run",
                        // So slowly that it is killed in the run's middle rather than at its end.
                        "--property",
                        "winback.runs.per-second=200",
                        "--png",
                        picture.toString(),
                        "--scale",
                        "0.002",
                        "--seconds",
                        "1",
                        "--connections",
                        "4",
                        "--json"))
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            // Four minutes on two cores; what comes to no end is told with what the services said last.
            assertThat(bench.waitFor(1200, TimeUnit.SECONDS))
                    .as(() -> text(errors) + logs(directory))
                    .isTrue();
        } finally {
            bench.destroy();
        }
        assertThat(bench.exitValue()).as(() -> text(errors) + logs(directory)).isZero();
        JsonNode result = JsonMapper.shared().readTree(Files.readString(output));
        assertThat(result.get("command").asString()).startsWith("./winback bench personalization --java-options \"-X");
        assertThat(result.get("subscribers").asInt()).isEqualTo(2_000);
        Set<String> parts = new TreeSet<>();
        Map<String, JsonNode> figures = new HashMap<>();
        for (JsonNode figure : result.get("figures")) {
            parts.add(figure.get("part").asString());
            figures.put(
                    figure.get("part").asString() + ": " + figure.get("name").asString(), figure);
            assertThat(figure.get("value").asDouble()).as(figure.toString()).isFinite();
        }
        assertThat(parts).containsExactly("events", "fill", "kill", "path", "run", "steps");
        // What does not depend on how fast the machine is.
        for (String name : List.of(
                "fill: subscribers in memory",
                "fill: records that could not be read",
                "path: live variants",
                "path: errors",
                "steps: errors",
                "events: records that could not be read",
                "events: errors",
                "kill: decisions answered and not published",
                "run: subscribers decided for",
                "run: subscribers decided for who were not meant",
                "run: subscribers decided for twice")) {
            JsonNode figure = figures.get(name);
            assertThat(figure).as(name).isNotNull();
            assertThat(figure.get("met").asBoolean()).as(figure.toString()).isTrue();
        }
        for (String name : List.of(
                "path: personalisations",
                "path: reference",
                "path: ratio",
                "kill: decisions answered",
                "run: decisions/s after the restart")) {
            JsonNode figure = figures.get(name);
            assertThat(figure).as(name).isNotNull();
            assertThat(figure.get("value").asDouble()).as(name).isPositive();
        }
        try (var left = Files.list(directory)) {
            assertThat(left).as("the data directory is deleted").containsExactlyInAnyOrder(output, errors, picture);
        }
    }

    /** The ends of all logs that are still there. */
    private static String logs(Path directory) {
        StringBuilder logs = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path log :
                    files.filter(file -> file.toString().endsWith(".log")).toList()) {
                List<String> lines = text(log).lines().toList();
                logs.append("\n== ").append(log.getFileName()).append('\n');
                logs.append(String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())));
            }
        } catch (IOException | UncheckedIOException gone) {
            logs.append('\n').append(gone);
        }
        return logs.toString();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
