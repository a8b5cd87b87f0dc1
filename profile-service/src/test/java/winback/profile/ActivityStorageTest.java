package winback.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import tools.jackson.databind.JsonNode;
import winback.infrastructure.junit.Infrastructure;
import winback.profile.RunningService.Answer;

/** What is stored of each activity: its timeline, its month, its machine, its money. */
class ActivityStorageTest {

    @RegisterExtension
    static final Infrastructure infrastructure = Infrastructure.shared();

    private static RunningService service;

    @BeforeAll
    static void start() {
        service = new RunningService(infrastructure, "--winback.activity.keep=1y");
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static String id() {
        return "s-" + UUID.randomUUID();
    }

    private static Instant daysAgo(double days) {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS).minusMillis((long) (days * 86_400_000));
    }

    private static void track(String user, String message, String event, Instant at, String properties) {
        Answer answer = service.post("/v1/track", """
                {"userId":"%s","messageId":"%s","event":"%s","timestamp":"%s","properties":%s}""".formatted(user, user + message, event, at, properties));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    }

    private static JsonNode timeline(String user, int items) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            Answer answer = service.get("/v1/subscribers/" + user + "/timeline?limit=500");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().get("items").size()).isEqualTo(items);
        });
        return service.get("/v1/subscribers/" + user + "/timeline?limit=500")
                .body()
                .get("items");
    }

    private static double feature(String user, String name) {
        for (JsonNode feature :
                service.get("/v1/subscribers/" + user + "/features").body().get("features")) {
            if (feature.get("name").asString().equals(name)) {
                return feature.get("value").isNull()
                        ? Double.NaN
                        : feature.get("value").asDouble();
            }
        }
        throw new AssertionError("no feature " + name);
    }

    @Test
    void theTimelineGivesEverythingOnceNewestFirstPageByPage() {
        String user = id();
        for (int i = 0; i < 25; i++) {
            track(user, "m" + i, "Product Viewed", daysAgo(i * 7), "{\"category\":\"c" + i + "\"}");
        }
        JsonNode all = timeline(user, 25);
        List<String> paged = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = service.get("/v1/subscribers/" + user + "/timeline?limit=7" + cursor)
                    .body();
            page.get("items").forEach(item -> paged.add(item.get("activityId").asString()));
            cursor =
                    page.has("nextCursor") ? "&cursor=" + page.get("nextCursor").asString() : "";
        } while (!cursor.isEmpty());
        assertThat(paged).hasSize(25).doesNotHaveDuplicates();
        assertThat(paged.getFirst()).endsWith("m0");
        assertThat(paged.getLast()).endsWith("m24");
        assertThat(all.get(3).get("kind").asString()).isEqualTo("product_view");
        assertThat(all.get(3).at("/properties/category").asString()).isEqualTo("c3");

        String range = "?from=%s&until=%s".formatted(daysAgo(50), daysAgo(20));
        assertThat(service.get("/v1/subscribers/" + user + "/timeline" + range)
                        .body()
                        .get("items")
                        .size())
                .isEqualTo(5);
        assertThat(service.get("/v1/subscribers/" + user + "/timeline?cursor=abc")
                        .status())
                .isEqualTo(400);
        assertThat(service.get("/v1/subscribers/nobody/timeline").status()).isEqualTo(404);
    }

    @Test
    void aBurstTakesBackTheClickThatWasCountedBefore() {
        String user = id();
        Instant at = daysAgo(3);
        track(user, "d", "Email Delivered", at, "{\"email_id\":\"e\"}");
        track(user, "c1", "Email Link Clicked", at.plusSeconds(60), "{\"email_id\":\"e\",\"link_url\":\"a\"}");
        timeline(user, 2);
        assertThat(feature(user, "email_clicks_365d")).isGreaterThan(0.9);
        track(user, "c2", "Email Link Clicked", at.plusMillis(60_300), "{\"email_id\":\"e\",\"link_url\":\"b\"}");
        JsonNode items = timeline(user, 3);
        assertThat(items.get(0).get("machineRule").asString()).isEqualTo("link-burst");
        assertThat(items.get(1).get("machineRule").asString()).isEqualTo("link-burst");
        assertThat(items.get(2).has("machineRule")).isFalse();
        assertThat(feature(user, "email_clicks_365d")).isZero();
        await().untilAsserted(() ->
                assertThat(service.events("winback.feedback", user)).hasSize(4));
        List<JsonNode> feedback = service.events("winback.feedback", user);
        assertThat(feedback.get(1).get("machine").booleanValue()).isFalse();
        assertThat(feedback.get(2).get("machine").booleanValue()).isTrue();
        assertThat(feedback.get(2).get("machineRule").asString()).isEqualTo("link-burst");
        assertThat(feedback.get(3).get("activityId")).isEqualTo(feedback.get(1).get("activityId"));
        assertThat(feedback.get(3).has("machine")).as("a retraction").isFalse();
    }

    @Test
    void moneyFollowsTheRatesAsTheyComeAndChange() {
        String user = id();
        track(user, "a", "Order Completed", daysAgo(10), "{\"total\":10,\"currency\":\"SEK\"}");
        track(user, "b", "Order Completed", daysAgo(9), "{\"total\":5}");
        JsonNode items = timeline(user, 2);
        assertThat(items.get(1).get("noRate").booleanValue()).isTrue();
        assertThat(items.get(1).has("value")).isFalse();
        assertThat(feature(user, "spend_total")).isEqualTo(5);
        assertThat(feature(user, "unconverted_orders")).isEqualTo(1);

        String day = daysAgo(12).toString().substring(0, 10);
        assertThat(put("/v1/rates/SEK", "{\"rates\":[{\"day\":\"%s\",\"rate\":0.1}]}".formatted(day)))
                .isEqualTo(204);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(feature(user, "spend_total")).isEqualTo(6));
        assertThat(feature(user, "unconverted_orders")).isZero();
        assertThat(timeline(user, 2).get(1).get("value").decimalValue()).isEqualByComparingTo("1.00");
        assertThat(put("/v1/rates/SEK", "{\"rates\":[{\"day\":\"%s\",\"rate\":0.2}]}".formatted(day)))
                .isEqualTo(204);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(feature(user, "spend_total")).isEqualTo(7));
        assertThat(service.get("/v1/rates/SEK").body().at("/rates/0/rate").decimalValue())
                .isEqualByComparingTo("0.2");

        for (String bad : List.of(
                "{\"rates\":[]}",
                "{\"rates\":[{\"day\":\"2026-02-30\",\"rate\":1}]}",
                "{\"rates\":[{\"day\":\"2026-02-01\",\"rate\":0}]}",
                "{\"rates\":[{\"day\":\"2026-02-01\",\"rate\":1E99}]}",
                "{\"rates\":[{\"rate\":1}]}",
                "{}")) {
            assertThat(put("/v1/rates/SEK", bad)).as(bad).isEqualTo(400);
        }
        assertThat(put("/v1/rates/USD", "{\"rates\":[{\"day\":\"2026-02-01\",\"rate\":1}]}"))
                .isEqualTo(400);
    }

    /** What otherwise runs each hour. */
    private static void dropOldActivity() {
        service.bean(ScheduledAnnotationBeanPostProcessor.class).getScheduledTasks().stream()
                .filter(task -> task.toString().contains("Retention"))
                .forEach(task -> task.getTask().getRunnable().run());
    }

    private static int put(String path, String body) {
        return service.put(path, body).status();
    }

    @Test
    void monthsThatAreNotKeptGoAndTheProfileStaysAsItIs() {
        String user = id();
        String both = id();
        track(user, "old", "Order Completed", daysAgo(500), "{\"total\":10}");
        track(both, "old", "Order Completed", daysAgo(500), "{\"total\":10}");
        track(both, "new", "Order Completed", daysAgo(5), "{\"total\":1}");
        timeline(both, 2);
        timeline(user, 1);
        double gap = feature(both, "order_gap_mean");

        // The first run says what is no more taken, the next one, when every instance knows it, drops it.
        dropOldActivity();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            dropOldActivity();
            assertThat(service.db
                            .sql("SELECT count(*) FROM activity WHERE at < now() - interval '14 months'")
                            .query(Long.class)
                            .single())
                    .isZero();
        });

        timeline(both, 1);
        timeline(user, 0);
        assertThat(feature(user, "spend_total")).isEqualTo(10);
        // A late event rebuilds from the seal on.
        track(both, "late", "Order Completed", daysAgo(20), "{\"total\":2}");
        timeline(both, 2);
        assertThat(feature(both, "orders")).isEqualTo(3);
        assertThat(feature(both, "spend_total")).isEqualTo(13);
        assertThat(feature(both, "days_first_to_last_order")).isGreaterThan(490);
        assertThat(feature(both, "order_gap_mean")).isLessThan(gap);
        // Nor can the past before it be replayed.
        String dataset = id();
        service.produce(
                "winback.commands",
                dataset,
                """
                {"datasetId":"%s","cutoff":"%s","horizonDays":0,"requestedAt":"2026-01-01T00:00:00Z"}""".formatted(dataset, daysAgo(450)).getBytes(StandardCharsets.UTF_8),
                Map.of("ce_type", "winback.training.requested.v1"));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(service.events("winback.training", dataset)).hasSize(3));
        assertThat(service.events("winback.training", dataset))
                .allSatisfy(
                        closed -> assertThat(closed.get("refusal").asString()).contains("activity has been dropped"));
        // What is older than what is kept is no more taken.
        track(both, "older", "Order Completed", daysAgo(501), "{\"total\":100}");
        track(both, "last", "Order Completed", daysAgo(1), "{\"total\":0}");
        timeline(both, 3);
        assertThat(feature(both, "orders")).isEqualTo(4);
        assertThat(feature(both, "spend_total")).isEqualTo(13);
        // Nor is what an import brings, which says so.
        JsonNode imported = imported("%1$s,%2$s,4.00\n%1$s,%3$s,5.00\n".formatted(both, daysAgo(502), daysAgo(2)));
        assertThat(imported.get("rowsDropped").asLong()).isEqualTo(1);
        assertThat(imported.get("rowsApplied").asLong()).isEqualTo(1);
        timeline(both, 4);
        assertThat(feature(both, "spend_total")).isEqualTo(18);
    }

    /** Customer, time, amount; what is told of the import when it is done. */
    private static JsonNode imported(String csv) {
        Answer started = service.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port
                        + "/v1/imports?columns=customer=1,at=2,amount=3&header=false"))
                .header("Authorization", "Bearer " + RunningService.KEY)
                .header("Content-Type", "text/csv")
                .POST(BodyPublishers.ofString(csv))
                .build());
        assertThat(started.status()).as(started.body().toString()).isEqualTo(202);
        String path = "/v1/imports/" + started.body().get("importId").asString();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> service.get(path).body().get("state").asString().equals("done"));
        return service.get(path).body();
    }

    @Test
    void anotherCurrencyThanThatOfTheStoredSumsIsRefused() {
        assertThatThrownBy(() -> new RunningService(infrastructure, "--winback.currency=EUR"))
                .rootCause()
                .hasMessageContaining("are in USD, and winback.currency (WINBACK_CURRENCY) says EUR");
    }

    @Test
    void oneSubscriberWithManyEventsIsRebuiltFromNearTheirEnd() {
        String user = id();
        StringBuilder batch = new StringBuilder();
        int events = 6000;
        for (int i = 0; i < events; i++) {
            batch.append(batch.isEmpty() ? "" : ",")
                    .append(
                            "{\"type\":\"track\",\"userId\":\"%s\",\"messageId\":\"%s-%d\",\"event\":\"Product Viewed\",\"timestamp\":\"%s\"}"
                                    .formatted(user, user, i, daysAgo(30).plusSeconds(i)));
            if (batch.length() > 400_000 || i == events - 1) {
                assertThat(service.post("/v1/batch", "{\"batch\":[" + batch + "]}")
                                .status())
                        .isEqualTo(200);
                batch.setLength(0);
            }
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(feature(user, "product_views_90d")).isGreaterThan(events * 0.7));
        assertThat(service.db
                        .sql("SELECT count(*) FROM snapshot WHERE subscriber_id = ?")
                        .param(user)
                        .query(Long.class)
                        .single())
                .isGreaterThanOrEqualTo(2L);
        track(user, "late", "Order Completed", daysAgo(30).plusSeconds(events - 100), "{\"total\":3}");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(feature(user, "orders")).isEqualTo(1));
        assertThat(feature(user, "spend_total")).isEqualTo(3);
    }
}
