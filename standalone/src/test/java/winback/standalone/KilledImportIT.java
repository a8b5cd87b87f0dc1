package winback.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.math.BigDecimal;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.Console;
import winback.standalone.cli.Logs;
import winback.standalone.orders.OrdersFile;
import winback.standalone.orders.OrdersImport;
import winback.standalone.platform.Api;
import winback.standalone.platform.Instance;
import winback.standalone.platform.Platform;
import winback.standalone.platform.Ports;
import winback.standalone.platform.Service;

class KilledImportIT {

    private static final int ROWS_BEFORE_THE_KILL = 4000;
    private static final String ID = "0c8cf5d4-3c1d-4a5e-9a53-8a6f3f0f7f11";

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goingOnOrImportingAgainAfterAKillGivesTheCountsOfOneCleanImport(boolean resumed, @TempDir Path directory)
            throws Exception {
        Logs.configure(null, false, false);
        Path dataDir = directory.resolve("data");
        Ports ports = Ports.free();
        Process process = ChildProcess.quietly(
                ChildProcess.winback(
                        "up",
                        "--data=" + dataDir,
                        ChildProcess.ports(ports, Service.PROFILE),
                        ChildProcess.ports(ports, Service.PREDICTION),
                        ChildProcess.ports(ports, Service.CONTENT),
                        ChildProcess.ports(ports, Service.DELIVERY)),
                directory.resolve("output"));
        try {
            await().atMost(Duration.ofSeconds(90)).until(() -> {
                assertThat(process.isAlive()).as("the platform lives").isTrue();
                return Instance.on(dataDir).isPresent();
            });
            refuseASecondStart(dataDir);
            killInTheMiddle(process, dataDir);
        } finally {
            process.destroyForcibly().waitFor();
        }

        try (Platform platform = Platform.on(dataDir).ports(ports).build().start()) {
            Api api = platform.api();
            assertThat(api.get(Service.PROFILE, "/v1/stats").path("orders").asLong())
                    .isPositive()
                    .isLessThan(Purchases.ORDERS);

            OrdersFile file = Purchases.file(directory);
            OrdersImport again = new OrdersImport(api, Console.progress());
            OrdersImport.Outcome outcome =
                    resumed ? again.resume(file.path(), ID) : again.run(file, Map.of("currency", List.of("USD")));

            assertThat(outcome.done()).isTrue();
            assertThat(outcome.accepted()).isEqualTo(Purchases.ORDERS);
            if (resumed) {
                assertThat(outcome.importId()).isEqualTo(ID);
                assertThat(outcome.duplicates()).isZero();
            } else {
                assertThat(outcome.duplicates()).isPositive().isLessThan(Purchases.ORDERS);
            }
            JsonNode stats = api.get(Service.PROFILE, "/v1/stats");
            assertThat(stats.path("subscribers").asLong()).isEqualTo(Purchases.CUSTOMERS);
            assertThat(stats.path("orders").asLong()).isEqualTo(Purchases.ORDERS);
            assertThat(new BigDecimal(stats.path("spend").asString())).isEqualByComparingTo(Purchases.spend());
        }
    }

    private static void refuseASecondStart(Path dataDir) {
        assertThatThrownBy(
                        () -> Platform.on(dataDir).ports(Ports.free()).build().start())
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("in use");
    }

    /** Sends the first rows, keeps the upload open, and kills the process once some of them have been applied. */
    private static void killInTheMiddle(Process process, Path dataDir) throws IOException, InterruptedException {
        try (Api api = Instance.require(dataDir).api(dataDir);
                PipedOutputStream rows = new PipedOutputStream();
                PipedInputStream body = new PipedInputStream(rows, 1 << 20)) {
            CompletableFuture<HttpResponse<String>> upload = CompletableFuture.supplyAsync(
                    () -> api.post(
                            Service.PROFILE,
                            "/v1/imports?columns=customer%3D2,at%3D3,amount%3D5&header=false&delimiter=whitespace&currency=USD&id="
                                    + ID,
                            "text/csv",
                            BodyPublishers.ofInputStream(() -> body),
                            Duration.ofMinutes(2)),
                    task -> Thread.ofVirtual().start(task));
            for (String row : Purchases.rows().subList(0, ROWS_BEFORE_THE_KILL)) {
                rows.write((row + "\n").getBytes(StandardCharsets.US_ASCII));
            }
            rows.flush();
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            api.get(Service.PROFILE, "/v1/stats").path("orders").asLong() > 500);
            assertThat(upload).isNotDone();
            process.destroyForcibly().waitFor();
        }
    }
}
