package winback.delivery;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.events.EventPublisher;
import winback.contracts.ContentDecided;
import winback.contracts.Event;
import winback.contracts.ProfileChanged;
import winback.contracts.Topic;
import winback.infrastructure.LocalPostgres.Database;
import winback.infrastructure.junit.Infrastructure;

/** The service as it runs, with the test's clock, and what a test needs around it. */
final class RunningDelivery implements AutoCloseable {

    static final String KEY = "test-admin-key-0123456789abcdef";
    static final int PARTITIONS = 3;

    static {
        // Generous: builds share their machine.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(40));
        Awaitility.setDefaultPollInterval(Duration.ofMillis(50));
    }

    private final Infrastructure infra;
    private final HttpClient http = HttpClient.newHttpClient();
    final TestClock clock;
    final ContentStandIn content;
    final Heard heard;
    private ConfigurableApplicationContext context;

    RunningDelivery(Infrastructure infra, Instant start) {
        this.infra = infra;
        this.clock = new TestClock(start);
        this.content = new ContentStandIn();
        this.context = run();
        this.heard = new Heard(
                infra.bootstrapServers(),
                List.of(
                        topic(Topic.DELIVERIES),
                        topic(Topic.SEND_TIMES),
                        topic(Topic.DECISIONS) + ".dlt",
                        topic(Topic.PROFILE) + ".dlt"),
                PARTITIONS);
    }

    private ConfigurableApplicationContext run() {
        Database database = infra.database("delivery");
        ApplicationContextInitializer<GenericApplicationContext> clocks =
                starting -> starting.registerBean("clock", Clock.class, () -> clock);
        return DeliveryServiceApplication.builder()
                .initializers(clocks)
                .run(
                        "--server.port=0",
                        "--winback.kafka=" + infra.bootstrapServers(),
                        "--winback.db.url=" + database.url(),
                        "--winback.db.user=" + database.user(),
                        "--winback.db.password=" + database.password(),
                        "--winback.db.schema=" + database.schema(),
                        "--winback.topics.prefix=" + infra.topicPrefix(),
                        "--winback.topics.partitions=" + PARTITIONS,
                        "--winback.api.key=" + KEY,
                        "--winback.secret.value=a-secret-of-the-tests-that-is-long-enough",
                        "--winback.content.url=" + content.url(),
                        "--winback.content.key=" + ContentStandIn.KEY,
                        "--winback.delivery.poll=50ms",
                        "--winback.deliveries.purge-every=1s",
                        "--winback.send-times.refresh=1s");
    }

    /** A second instance beside the first, on the same data. */
    ConfigurableApplicationContext another() {
        return run();
    }

    /** Stops the service and starts it again on the same data. */
    void restart() {
        context.close();
        context = run();
    }

    void stop() {
        context.close();
    }

    void start() {
        context = run();
    }

    String topic(Topic topic) {
        return infra.topicPrefix() + topic.wireName();
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Does what the migration of that name does to an earlier release's data. */
    void migrate(String name) throws Exception {
        try (Connection connection = bean(DataSource.class).getConnection()) {
            context.getBean(name, JavaMigration.class).migrate(new Context() {
                @Override
                public Configuration getConfiguration() {
                    return new FluentConfiguration();
                }

                @Override
                public Connection getConnection() {
                    return connection;
                }
            });
        }
    }

    JdbcClient db() {
        return bean(JdbcClient.class);
    }

    Instant now() {
        return clock.instant();
    }

    void publish(Topic topic, Event event) {
        bean(EventPublisher.class).publishAll(topic, List.of(event));
    }

    void publish(Topic topic, List<? extends Event> events) {
        bean(EventPublisher.class).publishAll(topic, events);
    }

    /** Makes the subscriber known, with consent and an address. */
    void consenting(String subscriberId, @Nullable String zone) {
        know(Samples.profile(subscriberId, 1, now(), true, zone));
    }

    /** Publishes the profile and waits until the service has it. */
    void know(ProfileChanged profile) {
        publish(Topic.PROFILE, profile);
        Awaitility.await()
                .until(() -> db().sql("SELECT version FROM recipient WHERE subscriber_id = :id")
                        .param("id", profile.subscriberId())
                        .query(Long.class)
                        .optional()
                        .filter(version -> version >= profile.version())
                        .isPresent());
    }

    /** Publishes the decision; its mail can be had. */
    void decide(ContentDecided decision) {
        content.put(decision.decisionId(), decision.subscriberId(), "<p>" + decision.decisionId() + "</p>");
        publish(Topic.DECISIONS, decision);
    }

    record Answer(int status, JsonNode body) {}

    Answer get(String path) {
        return call(HttpRequest.newBuilder().GET(), path);
    }

    Answer post(String path, String json) {
        return call(
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json)),
                path);
    }

    Answer delete(String path) {
        return call(HttpRequest.newBuilder().DELETE(), path);
    }

    String text(String path) {
        return send(HttpRequest.newBuilder().GET(), path).body();
    }

    private Answer call(HttpRequest.Builder request, String path) {
        HttpResponse<String> response = send(request, path);
        return new Answer(
                response.statusCode(),
                response.body().isEmpty()
                        ? JsonMapper.shared().createObjectNode()
                        : JsonMapper.shared().readTree(response.body()));
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String path) {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        try {
            return http.send(
                    request.uri(URI.create("http://127.0.0.1:" + port + path))
                            .header("Authorization", "Bearer " + KEY)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        heard.close();
        context.close();
        content.close();
        http.close();
    }
}
