package winback.benchmarks.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.benchmarks.load.HttpConnection;
import winback.benchmarks.rig.Servers;
import winback.benchmarks.rig.ServiceProcess;
import winback.benchmarks.rig.ServiceProcess.Until;
import winback.benchmarks.rig.Topics;

/**
 * {@code kill -9} of profile-service while it takes and applies a load, at moments drawn anew in every run. Senders repeat
 * what was not acknowledged and nothing else. {@code -Dwinback.kill.times=10 -Dwinback.kill.events=100000} is the full size.
 */
class KilledProfileIT {

    private static final int TIMES = Integer.getInteger("winback.kill.times", 3);
    private static final int EVENTS = Integer.getInteger("winback.kill.events", 8000);
    private static final int SUBSCRIBERS = Math.max(50, EVENTS / 40);
    private static final int BATCH = 20;
    private static final int SENDERS = 4;
    private static final String OPTIONS = "-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1";
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final JsonMapper JSON = JsonMapper.shared();

    private final AtomicInteger nextBatch = new AtomicInteger();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicBoolean givenUp = new AtomicBoolean();

    @Test
    void everyAcknowledgedEventIsAppliedOnceAndEveryChangePublished(@TempDir Path directory) throws Exception {
        try (Servers servers = Servers.start(Files.createDirectories(directory.resolve("servers")));
                Topics topics = new Topics(servers.kafka())) {
            Path log = directory.resolve("profile.log");
            ServiceProcess service =
                    ServiceProcess.start("profile-service", HOME, servers, 0, OPTIONS, Map.of(), log, Until.READY);
            try {
                int port = service.port();
                List<Thread> senders = send(service);
                SplittableRandom random = new SplittableRandom();
                for (int kill = 1; kill <= TIMES; kill++) {
                    await(acknowledgedBy(kill), senders);
                    // Somewhere between a request, its acknowledgement, a commit and a publication.
                    LockSupport.parkNanos(random.nextLong(200_000_000));
                    service.kill();
                    service = ServiceProcess.start(
                            "profile-service", HOME, servers, port, OPTIONS, Map.of(), log, Until.READY);
                }
                for (Thread sender : senders) {
                    sender.join();
                }
                assertThat(acknowledged).hasValue(EVENTS / BATCH);
                topics.awaitCaughtUp("profile", Topics.ACTIVITY, Duration.ofMinutes(5));
                check(service, servers, topics);
            } finally {
                givenUp.set(true);
                service.close();
            }
        }
    }

    /** Kills are spread over the load, with a last stretch after the last of them. */
    private static int acknowledgedBy(int kill) {
        return (int) ((long) EVENTS / BATCH * kill / (TIMES + 1));
    }

    private void await(int batches, List<Thread> senders) {
        while (acknowledged.get() < batches) {
            assertThat(senders).anyMatch(Thread::isAlive);
            LockSupport.parkNanos(2_000_000);
        }
    }

    private List<Thread> send(ServiceProcess service) {
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            senders.add(Thread.ofPlatform().start(() -> {
                for (int n = nextBatch.getAndIncrement(); n < EVENTS / BATCH; n = nextBatch.getAndIncrement()) {
                    deliver(service, n);
                    acknowledged.incrementAndGet();
                }
            }));
        }
        return senders;
    }

    /** The same bytes until they are acknowledged; the port stays the same over all starts. */
    private void deliver(ServiceProcess service, int batch) {
        byte[] request = service.request("/v1/batch", body(batch));
        while (!givenUp.get()) {
            try (HttpConnection connection =
                    new HttpConnection(new InetSocketAddress(ServiceProcess.HOST, service.port()))) {
                if (HttpConnection.isSuccess(connection.exchange(request))) {
                    return;
                }
            } catch (IOException killed) {
                // sent again
            }
            LockSupport.parkNanos(50_000_000);
        }
        throw new IllegalStateException("batch " + batch + " was never acknowledged");
    }

    private static String subscriber(int event) {
        return "k" + event % SUBSCRIBERS;
    }

    private static String body(int batch) {
        StringBuilder body = new StringBuilder("{\"batch\":[");
        for (int i = 0; i < BATCH; i++) {
            int event = batch * BATCH + i;
            body.append(i == 0 ? "" : ",").append("""
                            {"type":"track","userId":"%s","messageId":"e%d","event":"Order Completed","properties":{"order_id":"o%d","total":2}}""".formatted(subscriber(event), event, event));
        }
        return body.append("]}").toString();
    }

    private static void check(ServiceProcess service, Servers servers, Topics topics)
            throws IOException, InterruptedException, SQLException {
        Map<String, Long> expected = new HashMap<>();
        for (int event = 0; event < EVENTS / BATCH * BATCH; event++) {
            expected.merge(subscriber(event), 1L, Long::sum);
        }
        assertThat(service.get("/v1/stats").get("orders").asLong()).isEqualTo(EVENTS / BATCH * BATCH);
        assertThat(stored(servers)).isEqualTo(expected);

        // What others have heard: each event once by its id, and of each subscriber at last what the service itself
        // says.
        Map<String, Set<String>> applied = new HashMap<>();
        topics.read(
                Topics.FEEDBACK,
                record -> applied.computeIfAbsent(record.key(), key -> new HashSet<>())
                        .add(new String(record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8)));
        Map<String, Long> heard = new HashMap<>();
        applied.forEach((subscriber, ids) -> heard.put(subscriber, (long) ids.size()));
        assertThat(heard).isEqualTo(expected);

        Map<String, JsonNode> last = new HashMap<>();
        topics.read(Topics.PROFILE, record -> last.put(record.key(), JSON.readTree(record.value())));
        assertThat(last.keySet()).isEqualTo(expected.keySet());
        for (Map.Entry<String, Long> subscriber : expected.entrySet()) {
            JsonNode profile = service.get("/v1/subscribers/" + subscriber.getKey());
            JsonNode changed = java.util.Objects.requireNonNull(last.get(subscriber.getKey()));
            assertThat(profile.at("/orders/count").asLong())
                    .as(subscriber.getKey())
                    .isEqualTo(subscriber.getValue());
            for (String field : List.of("version", "featuresAsOf", "lastActivityAt", "lifecycle")) {
                assertThat(changed.get(field))
                        .as(subscriber.getKey() + " " + field)
                        .isEqualTo(profile.get(field));
            }
        }
    }

    private static Map<String, Long> stored(Servers servers) throws SQLException {
        Map<String, Long> counts = new HashMap<>();
        try (Connection db = servers.connect("profile");
                Statement statement = db.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT subscriber_id, count(*) FROM activity GROUP BY subscriber_id")) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getLong(2));
            }
        }
        return counts;
    }
}
