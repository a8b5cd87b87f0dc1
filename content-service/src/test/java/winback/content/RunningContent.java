package winback.content;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.events.EventPublisher;
import winback.contracts.Event;
import winback.contracts.ProfileChanged;
import winback.contracts.ProfileChanged.Consent;
import winback.contracts.ScoresChanged;
import winback.contracts.SendTimesChanged;
import winback.contracts.Topic;
import winback.infrastructure.LocalPostgres.Database;
import winback.infrastructure.junit.Infrastructure;

/** The service as it runs, spoken to over HTTP and Kafka. */
public final class RunningContent implements AutoCloseable {

    static final String KEY = "a-test-key-of-enough-characters";
    static final JsonMapper JSON = JsonMapper.shared();

    /** A clock that tests set ahead. */
    public static final class MovedClock extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        public void advance(Duration by) {
            ahead = ahead.plus(by);
        }

        public void reset() {
            ahead = Duration.ZERO;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }
    }

    public record Answer(int status, JsonNode body, HttpResponse<String> response) {

        public String text(String pointer) {
            return body.at(pointer).asString();
        }
    }

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    public final MovedClock clock = new MovedClock();
    public final ConfigurableApplicationContext context;
    private final int port;

    public RunningContent(Infrastructure infra, String... more) {
        Database database = infra.database("content");
        List<String> arguments = new ArrayList<>(List.of(
                "--winback.kafka=" + infra.bootstrapServers(),
                "--winback.db.url=" + database.url(),
                "--winback.db.user=" + database.user(),
                "--winback.db.password=" + database.password(),
                "--winback.db.schema=" + database.schema(),
                "--winback.topics.prefix=" + infra.topicPrefix(),
                "--winback.topics.partitions=3",
                "--winback.api.key=" + KEY,
                "--winback.secret.value=a-secret-of-the-tests-that-is-long-enough"));
        arguments.addAll(List.of(more));
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--server.port="))) {
            arguments.add("--server.port=0");
        }
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--winback.journal.dir="))) {
            // The same for the next one on these servers.
            arguments.add("--winback.journal.dir="
                    + Path.of(System.getProperty("java.io.tmpdir"), "winback-journal-" + infra.topicPrefix()));
        }
        context = ContentServiceApplication.builder()
                .initializers(application ->
                        ((GenericApplicationContext) application).registerBean("clock", Clock.class, () -> clock))
                .run(arguments.toArray(String[]::new));
        port = Integer.parseInt(String.valueOf(context.getEnvironment().getProperty("local.server.port")));
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    public Answer post(String path, Object body) {
        return send(request(path).POST(json(body)));
    }

    public Answer put(String path, Object body) {
        return send(request(path).PUT(json(body)));
    }

    public Answer post(String path, Object body, String header, String value) {
        return send(request(path).setHeader(header, value).POST(json(body)));
    }

    private static HttpRequest.BodyPublisher json(Object body) {
        return HttpRequest.BodyPublishers.ofString(body instanceof String text ? text : JSON.writeValueAsString(body));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + KEY)
                .header("Content-Type", "application/json");
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            boolean isJson =
                    response.headers().firstValue("Content-Type").orElse("").matches(".*[/+]json.*");
            return new Answer(response.statusCode(), JSON.readTree(isJson ? response.body() : "null"), response);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public boolean isReady() {
        return get("/actuator/health/readiness").status() == 200;
    }

    public Answer personalize(String subscriberId, String campaignId, boolean deliver) {
        return post(
                "/v1/personalizations",
                Map.of("subscriberId", subscriberId, "campaignId", campaignId, "deliver", deliver));
    }

    public void publish(Topic topic, Event... events) {
        publish(topic, List.of(events));
    }

    public void publish(Topic topic, Collection<? extends Event> events) {
        // Repeats are harmless, and a loaded machine's broker may need more than the publisher's patience.
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .untilAsserted(() -> context.getBean(EventPublisher.class).publishAll(topic, events));
    }

    public ProfileChanged profile(String subscriberId, long version, Map<String, @Nullable Object> traits) {
        return profile(subscriberId, version, traits, null);
    }

    public ProfileChanged profile(
            String subscriberId, long version, Map<String, @Nullable Object> traits, @Nullable String disposition) {
        return new ProfileChanged(
                subscriberId,
                version,
                clock.instant(),
                "lapsed",
                clock.instant().minus(Duration.ofDays(90)),
                "schema",
                new float[] {1, Float.NaN, 3},
                new float[12][2],
                traits,
                List.of(new Consent("email", "marketing", true, "checkout", clock.instant())),
                "Europe/Madrid",
                "en",
                disposition);
    }

    public ScoresChanged scores(String subscriberId, long version) {
        return new ScoresChanged(
                subscriberId,
                version,
                clock.instant(),
                clock.instant(),
                1,
                Map.of(
                        "churn", new ScoresChanged.Score(.8, 30, null, null, "churn-1", null),
                        "value", new ScoresChanged.Score(42.5, 365, 10., 90., "value-1", null)));
    }

    public SendTimesChanged sendTimes(String subscriberId, long version, int bestHour) {
        return sendTimes(subscriberId, version, bestHour, false);
    }

    public SendTimesChanged sendTimes(String subscriberId, long version, int bestHour, boolean suppressed) {
        double[] weights = new double[24];
        weights[bestHour] = 1;
        return new SendTimesChanged(
                subscriberId, version, clock.instant(), weights, bestHour, 5, "Europe/Madrid", suppressed);
    }

    public static Map<String, Object> variant(String id, String subject) {
        return Map.of(
                "variantId",
                id,
                "subject",
                subject,
                "preheader",
                "It has been a while",
                "html",
                "<p>Hi {{ subscriber.firstName | default: 'there' }}, {{ subscriber.points }} points.</p>"
                        + "<a href=\"{{ links.cta }}\">{{ content.cta }}</a>"
                        + "<a href=\"{{ links.unsubscribe }}\">Unsubscribe</a>",
                "text",
                "Hi {{ subscriber.firstName | default: 'there' }}\n{{ links.cta }}\n{{ links.unsubscribe }}",
                "cta",
                Map.of("label", "Take a look", "url", "https://shop.example/back"),
                "ps",
                "P.S. We kept your list, {{ subscriber.firstName | default: 'friend' }}.");
    }

    public static Map<String, Object> campaign(String id, double holdoutShare, int immediateFirst) {
        return Map.of(
                "campaignId",
                id,
                "name",
                "Spring",
                "language",
                "en",
                "attributionDays",
                7,
                "holdoutShare",
                holdoutShare,
                "immediateFirst",
                immediateFirst,
                "unsubscribeUrl",
                "https://shop.example/unsubscribe?d={decisionId}",
                "variants",
                List.of(
                        variant("warm", "{{ subscriber.firstName | default: 'Hello' }}, we saved your seat"),
                        variant("plain", "New since your last visit")));
    }

    @Override
    public void close() {
        context.close();
        http.close();
    }
}
