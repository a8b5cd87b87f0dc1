package winback.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * The official SDK, installed by npm into {@code target/segment-sdk} from the lock file in {@code src/test/segment-sdk}, and
 * spoken to by the script beside it.
 */
record SegmentSdk(Path directory) {

    private static final Path SOURCE = Path.of("src/test/segment-sdk").toAbsolutePath();
    private static final List<String> FILES = List.of("package.json", "package-lock.json", "talk.mjs");

    /** Says what to install if node or npm is not there: this is a check that must not be skipped. */
    static SegmentSdk install() throws IOException, InterruptedException {
        Path directory = Path.of("target/segment-sdk").toAbsolutePath();
        Files.createDirectories(directory);
        for (String file : FILES) {
            Files.copy(
                    SOURCE.resolve(file), directory.resolve(file), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        run(directory, "npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund");
        return new SegmentSdk(directory);
    }

    /** Runs one scenario of the script to its end. */
    JsonNode talk(int port, String scenario, String user, int count) throws IOException, InterruptedException {
        return RunningService.JSON.readTree(run(
                directory,
                "node",
                "talk.mjs",
                "http://127.0.0.1:" + port,
                RunningService.KEY,
                scenario,
                user,
                Integer.toString(count)));
    }

    private static String run(Path directory, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        Path errors = Files.createTempFile(directory, "errors", ".txt");
        try {
            Process process = start(directory, new ArrayList<>(List.of(command)), output, errors);
            try {
                assertThat(process.waitFor(180, TimeUnit.SECONDS))
                        .as("%s ends", command[0])
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }
            assertThat(process.exitValue())
                    .as("%s: %s%s", String.join(" ", command[0], command[1]), Files.readString(errors), output)
                    .isZero();
            return Files.readString(output);
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }

    private static Process start(Path directory, List<String> command, Path output, Path errors) {
        try {
            return new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
        } catch (IOException absent) {
            throw new AssertionError(
                    command.getFirst() + " does not start: the check of the Segment SDK needs Node.js 20 or newer with"
                            + " npm on the PATH (Debian, Ubuntu: apt install nodejs npm; or https://nodejs.org)",
                    absent);
        }
    }
}
