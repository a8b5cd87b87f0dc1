package winback.prediction;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.events.EventPublisher;
import winback.infrastructure.LocalPostgres.Database;
import winback.infrastructure.junit.Infrastructure;

/** The service, started as in production but for its port and its clock, and a client of it. */
final class RunningService implements AutoCloseable {

    private static final String KEY = "a-key-for-the-tests-of-prediction";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http = HttpClient.newHttpClient();
    private final ConfigurableApplicationContext context;
    private final SetClock clock;

    /** An answer: its status and its body. */
    record Answer(int status, JsonNode body) {}

    private static final class SetClock extends Clock {
        private volatile Instant now;

        SetClock(Instant now) {
            this.now = now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    RunningService(Infrastructure infra, Instant now, String... more) {
        Database database = infra.database("prediction");
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--winback.kafka=" + infra.bootstrapServers(),
                "--winback.db.url=" + database.url(),
                "--winback.db.user=" + database.user(),
                "--winback.db.password=" + database.password(),
                "--winback.db.schema=" + database.schema(),
                "--winback.topics.prefix=" + infra.topicPrefix(),
                "--winback.topics.partitions=3",
                "--winback.api.key=" + KEY,
                "--winback.secret.value=a-secret-of-the-tests-that-is-long-enough",
                // Nothing that a test did not ask for.
                "--winback.training.every=0",
                "--winback.drift.every=0s",
                "--winback.drift.outcomes-every=0s",
                "--winback.boosting.max-trees=40",
                "--winback.boosting.eta=.15",
                "--winback.boosting.folds=3"));
        for (String argument : more) {
            // A property given twice would be a list of both.
            String property = argument.substring(0, argument.indexOf('=') + 1);
            arguments.removeIf(other -> other.startsWith(property));
            arguments.add(argument);
        }
        this.clock = new SetClock(now);
        this.context = PredictionServiceApplication.builder()
                .initializers(started ->
                        ((GenericApplicationContext) started).registerBean("clock", Clock.class, () -> clock))
                .run(arguments.toArray(String[]::new));
    }

    EventPublisher events() {
        return context.getBean(EventPublisher.class);
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    JdbcClient db() {
        return context.getBean(JdbcClient.class);
    }

    /** Adds something that a service of another kind would have. */
    void add(String name, Object bean) {
        context.getBeanFactory().registerSingleton(name, bean);
    }

    void advance(Duration by) {
        clock.now = clock.now.plus(by);
    }

    Answer get(String path) {
        return send(request(path).GET().build());
    }

    Answer post(String path, String body, String... headers) {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return send(request.build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + KEY);
    }

    private Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            boolean json =
                    response.headers().firstValue("Content-Type").orElse("").contains("json");
            return new Answer(
                    response.statusCode(),
                    json
                            ? JSON.readTree(response.body())
                            : JSON.getNodeFactory().stringNode(response.body()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        context.close();
        http.close();
    }
}
