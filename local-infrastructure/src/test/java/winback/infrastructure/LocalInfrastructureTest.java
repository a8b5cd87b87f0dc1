package winback.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalInfrastructureTest {

    @Test
    void dataSurviveARestart(@TempDir Path dir) throws Exception {
        try (LocalInfrastructure first = LocalInfrastructure.start(dir)) {
            LocalPostgresTest.execute(
                    first.postgres().database("profile"), "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (1)");
            KafkaData.write(first.kafka().bootstrapServers(), "hello");
        }
        try (LocalInfrastructure second = LocalInfrastructure.start(dir)) {
            assertThat(LocalPostgresTest.query(second.postgres().database("profile"), "SELECT id FROM kept"))
                    .containsExactly("1");
            assertThat(KafkaData.read(second.kafka().bootstrapServers())).containsExactly("hello", "committed 1");
        }
    }

    @Test
    void ifOneCannotStartTheOtherIsStopped(@TempDir Path dir) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int[] ports : new int[][] {{taken.getLocalPort(), 0}, {0, taken.getLocalPort()}}) {
                assertThatExceptionOfType(IllegalStateException.class)
                        .isThrownBy(() -> LocalInfrastructure.start(dir, ports[0], ports[1]))
                        .withMessageContaining(String.valueOf(taken.getLocalPort()));
            }
        }
        assertThat(dir.resolve("postgres/data/postmaster.pid")).doesNotExist();
        // Nothing holds a lock any more.
        LocalPostgres.start(dir.resolve("postgres"), 0).close();
        DataDirectoryLock.acquire(dir.resolve("kafka")).close();
        DataDirectoryLock.acquire(dir).close();
    }

    @ParameterizedTest(name = "postmaster too: {0}")
    @ValueSource(booleans = {false, true})
    void whatWasAcknowledgedSurvivesAKill(boolean postmasterToo, @TempDir Path dir) throws Exception {
        Process victim = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashVictim.class.getName(),
                        dir.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader output = victim.inputReader()) {
            assertThat(output.lines().anyMatch("written"::equals)).isTrue();

            assertThatExceptionOfType(DataDirectoryInUse.class)
                    .isThrownBy(() -> LocalInfrastructure.start(dir).close())
                    .withMessageContaining(dir.toRealPath().toString())
                    .satisfies(e -> assertThat(e.pid()).isEqualTo(victim.pid()));
        } finally {
            victim.destroyForcibly();
        }
        assertThat(victim.waitFor(10, TimeUnit.SECONDS)).isTrue();

        ProcessHandle orphan = ProcessHandle.of(
                        Long.parseLong(Files.readAllLines(dir.resolve("postgres/data/postmaster.pid"))
                                .getFirst()))
                .orElseThrow();
        if (postmasterToo) {
            orphan.destroyForcibly();
            orphan.onExit().get(10, TimeUnit.SECONDS);
        }
        try (LocalInfrastructure next = LocalInfrastructure.start(dir)) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(LocalPostgresTest.query(next.postgres().database("profile"), "SELECT id FROM kept"))
                    .containsExactly("42");
            assertThat(KafkaData.read(next.kafka().bootstrapServers())).containsExactly("acknowledged", "committed 1");
        }
    }
}
