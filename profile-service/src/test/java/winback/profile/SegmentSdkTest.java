package winback.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import winback.infrastructure.junit.Infrastructure;
import winback.profile.FaultyProxy.Fault;
import winback.profile.RunningService.Answer;

/** The official {@code @segment/analytics-node}, told nothing but the host and the write key. */
class SegmentSdkTest {

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.own();

    @SuppressWarnings("NullAway.Init")
    static SegmentSdk sdk;

    @SuppressWarnings("NullAway.Init")
    static RunningService service;

    @BeforeAll
    static void start() throws Exception {
        sdk = SegmentSdk.install();
        service = new RunningService(infra);
    }

    @AfterAll
    static void stop() {
        if (service != null) {
            service.close();
        }
    }

    private static String user() {
        return "sdk-" + UUID.randomUUID();
    }

    @Test
    void everyKindOfCallArrives() throws Exception {
        String user = user();
        JsonNode said = sdk.talk(service.port, "everything", user, 0);
        assertThat(said.get("failures")).isEmpty();
        assertThat(said.get("delivered").asInt()).isEqualTo(7);

        JsonNode profile = profileWithOrders(user, 1);
        assertThat(profile.at("/orders/spend").decimalValue()).isEqualByComparingTo("12.50");
        assertThat(profile.at("/traits/name").asString()).isEqualTo("Ada Ångström");
        assertThat(profile.get("timezone").asString()).isEqualTo("Europe/Berlin");
        assertThat(profile.at("/consents/0/channel").asString()).isEqualTo("email");
        assertThat(profile.at("/consents/0/granted").asBoolean()).isTrue();

        Map<String, JsonNode> calls = new HashMap<>();
        for (String key : List.of(user, user + "-visitor")) {
            service.events("winback.activity", key)
                    .forEach(event -> calls.put(event.get("type").asString(), event));
        }
        assertThat(calls.keySet()).containsExactlyInAnyOrder("TRACK", "IDENTIFY", "PAGE", "SCREEN", "GROUP", "ALIAS");
        assertThat(call(calls, "ALIAS").at("/context/$call/previousId").asString())
                .isEqualTo(user + "-visitor");
        assertThat(call(calls, "GROUP").at("/context/$call/groupId").asString()).isEqualTo("acme");
        assertThat(call(calls, "PAGE").get("subscriberId").asString()).isEqualTo(user + "-visitor");
        assertThat(call(calls, "PAGE").at("/context/library/name").asString()).isEqualTo("@segment/analytics-node");
    }

    private static JsonNode call(Map<String, JsonNode> calls, String type) {
        return java.util.Objects.requireNonNull(calls.get(type), type);
    }

    @Test
    void whatIsSentAgainBecauseAnAnswerWasLostCountsOnce() throws Exception {
        String user = user();
        try (FaultyProxy proxy =
                new FaultyProxy(service.port, Fault.ANSWER_LOST, Fault.TOO_MANY_REQUESTS, Fault.ANSWER_LOST)) {
            JsonNode said = sdk.talk(proxy.port(), "orders", user, 1000);

            assertThat(said.get("failures")).isEmpty();
            assertThat(said.get("delivered").asInt()).isEqualTo(1000);
            // 20 batches of 50, two of which the service has taken twice.
            assertThat(proxy.answers.stream().filter(status -> status == 200)).hasSizeGreaterThanOrEqualTo(22);
            assertThat(proxy.seen)
                    .allSatisfy(request -> assertThat(request.path()).isEqualTo("/v1/batch"))
                    .anySatisfy(request -> assertThat(request.retryCount()).isEqualTo("1"));
        }
        JsonNode profile = profileWithOrders(user, 1000);
        assertThat(profile.at("/orders/spend").decimalValue()).isEqualByComparingTo("2000");
        await().untilAsserted(() -> assertThat(applied(user)).hasSize(1000));
    }

    @Test
    void kafkaAwayIsWaitedForAndNothingIsLostOrDoubled() throws Exception {
        String user = user();
        try (FaultyProxy proxy = new FaultyProxy(service.port)) {
            infra.stopKafka();
            CompletableFuture<JsonNode> talk = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return sdk.talk(proxy.port(), "orders", user, 100);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    task -> Thread.ofVirtual().start(task));
            await().atMost(Duration.ofSeconds(20)).until(() -> proxy.answers.contains(503));
            infra.startKafka();
            JsonNode said = talk.get();

            assertThat(said.get("failures")).isEmpty();
            assertThat(said.get("delivered").asInt()).isEqualTo(100);
            assertThat(StreamSupport.stream(said.get("answers").spliterator(), false)
                            .map(JsonNode::asInt))
                    .contains(503, 200);
        }
        profileWithOrders(user, 100);
        await().untilAsserted(() -> assertThat(applied(user)).hasSize(100));
    }

    private static JsonNode profileWithOrders(String user, long orders) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Answer answer = service.get("/v1/subscribers/" + user);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().at("/orders/count").asLong()).isEqualTo(orders);
        });
        return service.get("/v1/subscribers/" + user).body();
    }

    /** The ids of what was applied for a subscriber, as the other services hear of it. */
    private static Set<String> applied(String user) {
        Set<String> ids = new HashSet<>();
        service.events("winback.feedback", user)
                .forEach(event -> ids.add(event.get("activityId").asString()));
        return ids;
    }
}
