package winback.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import winback.standalone.cli.Logs;
import winback.standalone.platform.Platform;
import winback.standalone.platform.Ports;
import winback.standalone.platform.Service;

class ProcessesIT {

    @Test
    void fourProcessesServeUntilOneDies(@TempDir Path directory) throws Exception {
        Logs.configure(null, false, false);
        Platform platform = Platform.on(directory.resolve("data"))
                .ports(Ports.free())
                .processesFrom(Path.of("..").toAbsolutePath().normalize())
                .build();
        try {
            platform.start();
            assertThat(platform.api()
                            .get(Service.PROFILE, "/v1/stats")
                            .path("subscribers")
                            .asLong())
                    .isZero();
            // Only with the services' own processes below this one.
            ProcessHandle content = ProcessHandle.current()
                    .children()
                    .filter(child -> child.info().commandLine().orElse("").contains("content-service"))
                    .findFirst()
                    .orElseThrow();
            assertThat(content.info().commandLine().orElse(""))
                    .doesNotContain("wb_")
                    .doesNotContain("password");

            content.destroyForcibly();

            assertThat(platform.awaitEnd())
                    .hasValueSatisfying(sentence ->
                            assertThat(sentence).contains("The content service (pid " + content.pid() + ") ended"));
        } finally {
            platform.close();
        }
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .noneMatch(child -> child.info().commandLine().orElse("").contains("-service"));
    }
}
