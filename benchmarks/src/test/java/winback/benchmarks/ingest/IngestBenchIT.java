package winback.benchmarks.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.benchmarks.Bench;
import winback.benchmarks.ingest.Options.Part;

class IngestBenchIT {

    /** At a scale that says nothing about speed; that every part runs to its end and tells its figures. */
    @Test
    void everyPartIsMeasured(@TempDir Path directory) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        Process bench = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Djava.io.tmpdir=" + directory,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Bench.class.getName(),
                        "ingest",
                        "--home",
                        Path.of("..").toAbsolutePath().normalize().toString(),
                        "--java-options",
                        "-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                        "--scale",
                        "0.002",
                        // So many that nobody is sent a second event before the first is seen, which would count as
                        // lost.
                        "--subscribers",
                        "2000",
                        "--sweep",
                        "3000",
                        "--history",
                        "3",
                        "--connections",
                        "4",
                        "--json"))
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            assertThat(bench.waitFor(600, TimeUnit.SECONDS))
                    .as(() -> text(errors))
                    .isTrue();
        } finally {
            bench.destroy();
        }
        assertThat(bench.exitValue()).as(() -> text(errors)).isZero();
        JsonNode result = JsonMapper.shared().readTree(Files.readString(output));
        assertThat(result.get("command").asString()).startsWith("./winback bench ingest --java-options \"-Xmx");
        assertThat(result.at("/machine/cores").asInt()).isPositive();
        Set<String> parts = new TreeSet<>();
        for (JsonNode figure : result.get("figures")) {
            parts.add(figure.get("part").asString());
            assertThat(figure.get("value").asDouble())
                    .as(figure.toString())
                    .isFinite()
                    .isNotNegative();
            if (figure.get("name").asString().startsWith("events not seen")) {
                assertThat(figure.get("value").asDouble()).as(figure.toString()).isZero();
            }
        }
        assertThat(parts)
                .containsExactlyInAnyOrderElementsOf(
                        List.of(Part.values()).stream().map(Part::word).toList());
        try (var left = Files.list(directory)) {
            assertThat(left).as("the data directory is deleted").containsExactlyInAnyOrder(output, errors);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
