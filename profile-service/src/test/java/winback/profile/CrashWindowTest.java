package winback.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;
import winback.infrastructure.junit.Infrastructure;

class CrashWindowTest {

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    @Test
    void aChangeThatWasCommittedButNotPublishedIsPublishedAfterTheRestart(@TempDir Path directory) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process child = start(port, directory);
        try {
            postOrder(port, child);
            assertThat(child.waitFor(30, TimeUnit.SECONDS))
                    .as("the child halts")
                    .isTrue();
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.exitValue()).isEqualTo(HaltBeforePublication.STATUS);
        var database = infra.database("profile");
        JdbcClient db =
                JdbcClient.create(new DriverManagerDataSource(database.url(), database.user(), database.password()));
        assertThat(db.sql("SELECT version FROM " + database.schema() + ".subscriber WHERE id = 'crash'")
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
        assertThat(RunningService.records(infra, "winback.profile")).isEmpty();

        try (RunningService service = new RunningService(infra)) {
            // The group waits for the dead member's session to end.
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(service.events("winback.profile", "crash"))
                            .isNotEmpty());
            JsonNode changed = service.events("winback.profile", "crash").getFirst();
            assertThat(changed.get("version").asLong()).isEqualTo(1);
            assertThat(service.get("/v1/subscribers/crash")
                            .body()
                            .at("/orders/count")
                            .asLong())
                    .isEqualTo(1);
            assertThat(service.records("winback.feedback").stream()
                            .map(record -> RunningService.header(record, "ce_id"))
                            .distinct())
                    .containsExactly("applied:api:env:once");
        }
    }

    private static Process start(int port, Path directory) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                ProfileServiceApplication.class.getName()));
        command.addAll(RunningService.arguments(infra));
        command.add("--server.port=" + port);
        command.add("--spring.kafka.producer.properties.interceptor.classes=" + HaltBeforePublication.class.getName());
        command.add("--spring.kafka.consumer.properties.session.timeout.ms=6000");
        File log = directory.resolve("child.log").toFile();
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
    }

    /** Posts one order as soon as the child answers. */
    private static void postOrder(int port, Process child) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/track"))
                .header("Authorization", "Bearer " + RunningService.KEY)
                .POST(
                        BodyPublishers.ofString(
                                "{\"userId\":\"crash\",\"messageId\":\"once\",\"event\":\"Order Completed\",\"properties\":{\"total\":5}}"))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            await().atMost(Duration.ofSeconds(60))
                    .ignoreException(ConnectException.class)
                    .until(() -> {
                        assertThat(child.isAlive()).isTrue();
                        return http.send(request, BodyHandlers.ofString()).statusCode() == 200;
                    });
        }
    }
}
