package winback.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import winback.infrastructure.junit.Infrastructure;
import winback.profile.RunningService.Answer;

/** What senders with broken clocks and broken or bad intentions send to the Segment API. */
class HostileInputTest {

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    @SuppressWarnings("NullAway.Init")
    static RunningService service;

    @BeforeAll
    static void start() {
        service = new RunningService(infra);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static String id() {
        return "h-" + UUID.randomUUID();
    }

    private static Map<String, JsonNode> received(String user) {
        Map<String, JsonNode> received = new HashMap<>();
        for (JsonNode event : service.events("winback.activity", user)) {
            received.put(event.get("messageId").asString(), event);
        }
        return received;
    }

    @Test
    void aClockThatIsYearsOffInEitherDirectionIsCorrectedBySentAt() {
        String user = id();
        Instant before = Instant.now();
        for (int years : List.of(-40, -5, 5, 30)) {
            Instant wrong = before.plus(Duration.ofDays(365L * years)).truncatedTo(ChronoUnit.MILLIS);
            Answer answer = service.post("/v1/batch", """
                    {"sentAt":"%s","batch":[{"type":"track","userId":"%s","messageId":"%d","event":"x","timestamp":"%s"}]}""".formatted(wrong, user, years, wrong.minusSeconds(90)));
            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        }
        Map<String, JsonNode> received = received(user);
        assertThat(received).hasSize(4);
        received.forEach((years, event) -> {
            Instant at = Instant.parse(event.get("at").asString());
            assertThat(Duration.between(at, before))
                    .as(years)
                    .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(91));
            assertThat(event.get("timeAdjusted").asBoolean()).as(years).isFalse();
        });
    }

    @Test
    void aClockThatIsYearsAheadAndSaysNotWhenItSentIsRefusedByName() {
        Answer answer =
                service.post("/v1/track", """
                {"userId":"%s","event":"x","timestamp":"%s"}""".formatted(id(), Instant.now().plus(Duration.ofDays(1500))));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().at("/errors/0/field").asString()).isEqualTo("timestamp");
        assertThat(answer.body().at("/errors/0/code").asString()).isEqualTo("timestamp-out-of-range");
    }

    @Test
    void traitsOfAMegabyteAreRefusedWithTheLimitAndInABatchAlone() {
        String user = id();
        String identify = "{\"userId\":\"%s\",\"traits\":{\"bio\":\"%s\"}}";
        Answer whole = service.post("/v1/identify", identify.formatted(user, "b".repeat(1 << 20)));
        assertThat(whole.status()).isEqualTo(413);
        assertThat(whole.body().get("detail").asString()).contains("500 KB");
        Answer event = service.post("/v1/identify", identify.formatted(user, "b".repeat(40_000)));
        assertThat(event.status()).isEqualTo(413);
        assertThat(event.body().get("code").asString()).isEqualTo("event-too-large");
        assertThat(event.body().get("detail").asString()).contains("32768 bytes");
        Answer batch = service.post(
                "/v1/batch",
                "{\"batch\":[{\"type\":\"identify\","
                        + identify.formatted(user, "b".repeat(40_000)).substring(1)
                        + ",{\"type\":\"track\",\"messageId\":\"kept\",\"event\":\"x\",\"userId\":\"" + user + "\"}]}");
        assertThat(batch.status()).isEqualTo(200);
        assertThat(batch.body().get("rejected")).hasSize(1);
        assertThat(batch.body().at("/rejected/0/code").asString()).isEqualTo("too-large");
        assertThat(batch.body().at("/rejected/0/detail").asString()).contains("32768 bytes");
        assertThat(received(user).keySet()).containsExactly("kept");
    }

    @Test
    void depthsBeyondAnyUseAreRefused() {
        for (String deep :
                List.of("[".repeat(1000) + "]".repeat(1000), "{\"a\":".repeat(1000) + "1" + "}".repeat(1000))) {
            Answer answer = service.post(
                    "/v1/track", "{\"userId\":\"deep\",\"event\":\"x\",\"properties\":{\"p\":" + deep + "}}");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body().get("code").asString()).isEqualTo("malformed-json");
        }
    }

    @Test
    void aHundredThousandKeysAreTooLargeAndThousandsAreKept() {
        String user = id();
        for (int keys : List.of(100_000, 3000)) {
            String properties =
                    IntStream.range(0, keys).mapToObj(i -> "\"k" + i + "\":1").collect(Collectors.joining(","));
            Answer answer = service.post(
                    "/v1/track",
                    "{\"userId\":\"%s\",\"messageId\":\"k\",\"event\":\"x\",\"properties\":{%s}}"
                            .formatted(user, properties));
            assertThat(answer.status()).isEqualTo(keys == 3000 ? 200 : 413);
        }
        assertThat(received(user))
                .hasEntrySatisfying(
                        "k", event -> assertThat(event.get("properties")).hasSize(3000));
    }

    @Test
    void ofAKeyThatIsThereTwiceTheLastCounts() {
        String user = id();
        Answer answer = service.post("/v1/track", """
                {"userId":"nobody","messageId":"d","event":"x","properties":{"a":1,"a":2},"userId":"%s"}""".formatted(user));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(received(user))
                .hasEntrySatisfying(
                        "d",
                        event -> assertThat(event.at("/properties/a").asInt()).isEqualTo(2));
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        byte[] start = "{\"userId\":\"u\",\"event\":\"".getBytes(StandardCharsets.UTF_8);
        for (byte[] wrong : List.of(new byte[] {(byte) 0xff}, new byte[] {(byte) 0xc3, 0x28}, new byte[] {
            (byte) 0xed, (byte) 0xa0, (byte) 0x80
        })) {
            byte[] end = "\"}".getBytes(StandardCharsets.UTF_8);
            byte[] body = new byte[start.length + wrong.length + end.length];
            System.arraycopy(start, 0, body, 0, start.length);
            System.arraycopy(wrong, 0, body, start.length, wrong.length);
            System.arraycopy(end, 0, body, start.length + wrong.length, end.length);
            Answer answer = service.post("/v1/track", body);
            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(400);
        }
    }

    @Test
    void numbersBeyondADoubleAreKeptOrRefusedAndNeverInfinite() {
        String user = id();
        Answer answer = service.post("/v1/track", """
                {"userId":"%s","messageId":"n","event":"x","properties":{"huge":1e400,"long":123456789012345678901234567890}}""".formatted(user));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(received(user)).hasEntrySatisfying("n", event -> {
            assertThat(event.at("/properties/huge").isString()).isTrue();
            assertThat(event.at("/properties/long").bigIntegerValue()).hasToString("123456789012345678901234567890");
        });
        Answer order = service.post("/v1/track", """
                {"userId":"%s","event":"Order Completed","properties":{"total":1e400}}""".formatted(user));
        assertThat(order.status()).isEqualTo(400);
        assertThat(order.body().at("/errors/0/field").asString()).isEqualTo("properties.total");
    }

    @Test
    void openApiShowsTheCallsWithExamplesAndWhatCanGoWrong() {
        JsonNode api = service.get("/v3/api-docs").body();
        for (String path : List.of("track", "identify", "page", "screen", "group", "alias", "batch")) {
            JsonNode post = api.get("paths").get("/v1/" + path).get("post");
            JsonNode content = post.get("requestBody").get("content").get("application/json");
            assertThat(content.at("/schema/$ref").asString()).as(path).startsWith("#/components/schemas/");
            JsonNode example = content.has("example")
                    ? content.get("example")
                    : content.get("examples").iterator().next().get("value");
            assertThat(service.post("/v1/" + path, example.isString() ? example.asString() : example.toString())
                            .status())
                    .as("the example of %s", path)
                    .isEqualTo(200);
            assertThat(post.get("responses").propertyNames())
                    .as(path)
                    .contains("200", "400", "401", "403", "413", "415", "503");
        }
        assertThat(api.at("/components/schemas/AliasCall/required").toString()).contains("previousId");
    }
}
