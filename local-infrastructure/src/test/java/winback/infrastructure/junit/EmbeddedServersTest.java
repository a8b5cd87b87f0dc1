package winback.infrastructure.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServersTest {

    @Test
    void onlyWhatDeadTestRunsLeftIsSwept(@TempDir Path temporary) throws Exception {
        Process ended = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(), "-version")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        ended.waitFor();
        Files.createDirectories(temporary.resolve("winback-test-" + ended.pid() + "-1/postgres/data"));
        Path alive = Files.createDirectories(
                temporary.resolve("winback-test-" + ProcessHandle.current().pid() + "-1/postgres/data"));
        Path foreign = Files.createDirectories(temporary.resolve("winback-test-results-1"));

        EmbeddedServers.sweep(temporary);

        assertThat(temporary.resolve("winback-test-" + ended.pid() + "-1")).doesNotExist();
        assertThat(alive).exists();
        assertThat(foreign).exists();
    }
}
