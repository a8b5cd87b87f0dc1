package winback.profile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import winback.infrastructure.junit.Infrastructure;
import winback.profile.RunningService.Answer;

class ProfileServiceTest {

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
        return "u-" + UUID.randomUUID();
    }

    private static String order(String user, String messageId, Instant at, String total) {
        return """
                {"userId":"%s","messageId":"%s","event":"Order Completed","timestamp":"%s","properties":{"total":%s}}""".formatted(user, messageId, at, total);
    }

    private static JsonNode profileOnce(String user, long orders) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            Answer answer = service.get("/v1/subscribers/" + user);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().at("/orders/count").asLong()).isEqualTo(orders);
        });
        return service.get("/v1/subscribers/" + user).body();
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
    void anEventBecomesAProfileAndItsChangesArePublished() {
        String user = id();
        Answer answer = service.post("/v1/track", order(user, "m1", Instant.now(), "12.5"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().toString()).isEqualTo("{\"success\":true}");

        JsonNode profile = profileOnce(user, 1);
        assertThat(profile.get("lifecycle").asString()).isEqualTo("active");
        assertThat(profile.at("/orders/spend").decimalValue()).isEqualByComparingTo("12.50");
        assertThat(profile.at("/orders/currency").asString()).isEqualTo("USD");
        assertThat(feature(user, "orders")).isEqualTo(1);
        assertThat(feature(user, "order_gap_mean")).isNaN();

        await().untilAsserted(() ->
                assertThat(service.events("winback.profile", user)).hasSize(1));
        JsonNode changed = service.events("winback.profile", user).getFirst();
        assertThat(changed.get("version").asLong())
                .isEqualTo(profile.get("version").asLong());
        assertThat(changed.get("features").size())
                .isEqualTo(service.get("/v1/features").body().get("features").size());
        assertThat(changed.get("periods").size()).isEqualTo(12);
        JsonNode applied = service.events("winback.feedback", user).getFirst();
        assertThat(applied.get("activityId").asString()).isEqualTo("api:env:m1");
        assertThat(applied.get("amount").decimalValue()).isEqualByComparingTo("12.5");
    }

    @Test
    void aBodyIsReadAsJsonWhateverTypeCurlClaims() {
        String user = id();
        for (String path : List.of("/v1/track", "/v1/batch")) {
            String call = "{\"type\":\"track\",\"userId\":\"%s\",\"event\":\"a=b&c=%%20+d\"}".formatted(user);
            Answer answer = service.post(
                    path,
                    path.endsWith("batch") ? "{\"batch\":[" + call + "]}" : call,
                    "Content-Type",
                    "application/x-www-form-urlencoded");
            assertThat(answer.status()).isEqualTo(200);
        }
        await().untilAsserted(() ->
                assertThat(service.events("winback.feedback", user)).hasSize(2));
        assertThat(service.events("winback.feedback", user)
                        .getFirst()
                        .get("name")
                        .asString())
                .isEqualTo("a=b&c=%20+d");
    }

    @Test
    void aMessageSentTwiceAndAnOrderFromTwoSourcesCountOnce() {
        String user = id();
        String call = order(user, "twice", Instant.now(), "10");
        service.post("/v1/track", call);
        service.post("/v1/track", call);
        for (String message : List.of("a", "b")) {
            service.post("/v1/track", """
                    {"userId":"%s","messageId":"%s","event":"Order Completed","properties":{"order_id":"%s-o","revenue":5}}""".formatted(user, message, user));
        }
        service.post("/v1/track", order(user, "last", Instant.now(), "1"));
        JsonNode profile = profileOnce(user, 3);
        assertThat(profile.at("/orders/spend").decimalValue()).isEqualByComparingTo("16.00");
    }

    @Test
    void aLateEventGivesWhatItWouldHaveGivenInTime() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        String inOrder = id();
        String late = id();
        List<Integer> days = List.of(100, 60, 20, 3);
        for (int day : days) {
            service.post("/v1/track", order(inOrder, inOrder + day, now.minus(Duration.ofDays(day)), day + ".5"));
        }
        for (int day : days.reversed()) {
            service.post("/v1/track", order(late, late + day, now.minus(Duration.ofDays(day)), day + ".5"));
        }
        profileOnce(inOrder, 4);
        profileOnce(late, 4);
        for (String name : List.of(
                "spend_total", "order_gap_mean", "order_gap_cv", "order_value_last_to_mean", "order_value_sd")) {
            assertThat(feature(late, name)).as(name).isEqualTo(feature(inOrder, name));
        }
    }

    @Test
    void identifySaysWhoSomebodyIsAndUnsubscribingTakesTheConsentBack() {
        String user = id();
        service.post("/v1/identify", """
                {"userId":"%s","traits":{"email":"a@example.invalid","firstName":"Ada","timezone":"Europe/Berlin","locale":"de_DE",
                 "consents":[{"channel":"email","purpose":"marketing","granted":true,"source":"checkout"}]}}""".formatted(user));
        JsonNode profile = profileOnce(user, 0);
        assertThat(profile.get("lifecycle").asString()).isEqualTo("new");
        assertThat(profile.at("/traits/firstName").asString()).isEqualTo("Ada");
        assertThat(profile.get("traits").has("consents")).isFalse();
        assertThat(profile.get("timezone").asString()).isEqualTo("Europe/Berlin");
        assertThat(profile.get("locale").asString()).isEqualTo("de-DE");
        assertThat(profile.at("/consents/0/granted").asBoolean()).isTrue();
        assertThat(profile.has("lastActivityAt")).isFalse();

        service.post("/v1/track", "{\"userId\":\"%s\",\"event\":\"Unsubscribed\"}".formatted(user));
        await().untilAsserted(() -> assertThat(service.get("/v1/subscribers/" + user)
                        .body()
                        .at("/consents/0/granted")
                        .asBoolean(true))
                .isFalse());
    }

    @Test
    void aBatchKeepsTheGoodAndNamesTheBad() {
        String user = id();
        Answer answer = service.post("/v1/batch", """
                {"writeKey":"ignored","sentAt":"2026-01-01T00:00:10Z","unknown":1,"batch":[
                 {"type":"track","event":"Email Opened"},
                 {"type":"track","userId":"%1$s","messageId":"b1","event":"Email Opened"},
                 {"type":"nonsense","userId":"%1$s"},
                 {"type":"track","userId":{"a":1},"event":"x"},
                 {"type":"track","userId":"a\\u0000b","event":"x"},
                 {"type":"track","userId":"%2$s","event":"x"},
                 {"type":"track","userId":"u","messageId":"%2$s","event":"x"},
                 {"type":"track","userId":"u"},
                 {"type":"track","userId":"u","event":"x","properties":[1]},
                 17,
                 {"type":"track","userId":"%1$s","event":"big","properties":{"p":"%3$s"}}]}""".formatted(user, "x".repeat(10_000), "y".repeat(33_000)));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().get("success").asBoolean()).isTrue();
        assertThat(answer.body()
                        .get("rejected")
                        .valueStream()
                        .map(r -> r.get("index").asInt() + " " + r.get("field").asString() + " "
                                + r.get("code").asString()))
                .containsExactly(
                        "0 userId missing",
                        "2 type wrong-value",
                        "3 userId wrong-type",
                        "4 userId control-character",
                        "5 userId too-long",
                        "6 messageId too-long",
                        "7 event missing",
                        "8 properties wrong-type",
                        "9  wrong-type",
                        "10  too-large");
        profileOnce(user, 0);
    }

    @Test
    void whatCannotBeUsedAtAllIsRefusedWithThePlaceOfTheFault() {
        assertThat(service.post("/v1/track", "{\"userId\":").body().get("code").asString())
                .isEqualTo("malformed-json");
        assertThat(service.post("/v1/track", "").status()).isEqualTo(400);
        assertThat(service.post("/v1/track", "[]").status()).isEqualTo(400);
        assertThat(service.post("/v1/track", "null").status()).isEqualTo(400);
        assertThat(service.post("/v1/track", "[".repeat(30_000)).status()).isEqualTo(400);
        assertThat(service.post("/v1/track", "{\"userId\":\"u\",\"event\":\"x\",\"n\":" + "9".repeat(20_000) + "}")
                        .status())
                .isEqualTo(400);
        Answer missing = service.post("/v1/track", "{\"event\":\"x\"}");
        assertThat(missing.status()).isEqualTo(400);
        assertThat(missing.body().at("/errors/0/field").asString()).isEqualTo("userId");
        Answer nothingGood = service.post("/v1/batch", "{\"batch\":[{\"type\":\"track\"}]}");
        assertThat(nothingGood.status()).isEqualTo(400);
        assertThat(nothingGood.body().at("/errors/0/field").asString()).isEqualTo("batch[0].userId");
        assertThat(service.post("/v1/batch", "{\"batch\":{}}").status()).isEqualTo(400);
        assertThat(service.post("/v1/batch", "{\"batch\":[]}").status()).isEqualTo(200);
    }

    @Test
    void anAliasAndAGroupSayWhatTheyAreAbout() {
        String user = id();
        assertRefused("/v1/alias", "\"traits\":{}", "previousId", "missing");
        assertRefused("/v1/alias", "\"previousId\":\" \"", "previousId", "missing");
        assertRefused("/v1/alias", "\"previousId\":{}", "previousId", "wrong-type");
        assertRefused("/v1/alias", "\"previousId\":\"%s\"".formatted("x".repeat(256)), "previousId", "too-long");
        assertRefused("/v1/group", "\"traits\":{\"plan\":\"gold\"}", "groupId", "missing");
        service.post("/v1/alias", """
                {"userId":"%s","messageId":"a","previousId":1700,"context":{"$call":{"previousId":"forged"}}}""".formatted(user));
        service.post("/v1/group", "{\"userId\":\"%s\",\"messageId\":\"g\",\"groupId\":\"acme\"}".formatted(user));
        service.post("/v1/track", """
                {"userId":"%s","messageId":"t","event":"x","context":{"ip":"::1","$call":{"previousId":"forged"}}}""".formatted(user));
        Map<String, JsonNode> contexts = new HashMap<>();
        for (JsonNode event : service.events("winback.activity", user)) {
            contexts.put(event.get("messageId").asString(), event.path("context"));
        }
        assertThat(contexts)
                .hasEntrySatisfying(
                        "a",
                        context -> assertThat(context.at("/$call/previousId").stringValue())
                                .isEqualTo("1700"))
                .hasEntrySatisfying(
                        "g",
                        context -> assertThat(context.at("/$call/groupId").stringValue())
                                .isEqualTo("acme"))
                .hasEntrySatisfying(
                        "t", context -> assertThat(context.toString()).isEqualTo("{\"ip\":\"::1\"}"));
    }

    @Test
    void sizesAreBoundedBeforeAndAfterInflation() throws IOException {
        String event = "{\"userId\":\"sizes\",\"event\":\"x\",\"properties\":{\"p\":\"%s\"}}";
        int frame = event.length() - 2;
        assertThat(service.post("/v1/track", event.formatted("a".repeat(32_768 - frame)))
                        .status())
                .isEqualTo(200);
        assertThat(service.post("/v1/track", event.formatted("a".repeat(33 * 1024 - frame)))
                        .status())
                .isEqualTo(413);
        String batch =
                "{\"batch\":[" + "{\"type\":\"track\",\"userId\":\"sizes\",\"event\":\"x\"}" + "],\"pad\":\"%s\"}";
        int batchFrame = batch.length() - 2;
        byte[] allowed = batch.formatted("a".repeat(512_000 - batchFrame)).getBytes(StandardCharsets.UTF_8);
        byte[] tooLarge = batch.formatted("a".repeat(501 * 1024 - batchFrame)).getBytes(StandardCharsets.UTF_8);
        assertThat(service.post("/v1/batch", allowed).status()).isEqualTo(200);
        assertThat(service.post("/v1/batch", tooLarge).status()).isEqualTo(413);
        assertThat(service.post("/v1/batch", gzip(allowed), "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(200);
        assertThat(service.post("/v1/batch", gzip(tooLarge), "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(413);
        assertThat(service.post("/v1/batch", gzip(new byte[50_000_000]), "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(413);
        assertThat(service.post("/v1/batch", allowed, "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(400);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }

    @Test
    void timesAreCorrectedBySentAtAndThoseSlightlyAheadClamped() {
        String user = id();
        Instant before = Instant.now();
        Map<String, String> calls = Map.of(
                "skewed", "\"timestamp\":\"2030-01-01T00:00:00+02:00\",\"sentAt\":\"2030-01-01T00:01:00+02:00\"",
                "ahead", "\"timestamp\":\"" + before.plus(Duration.ofHours(20)) + "\"",
                "unsent", "\"timestamp\":\"2020-05-05T10:00:00Z\",\"sentAt\":\"+999999999-12-31T23:59:59Z\"",
                "longSent", "\"timestamp\":\"2020-05-05T10:00:00Z\",\"sentAt\":\"1900-01-01T00:00:00Z\"",
                "day", "\"timestamp\":\"2020-05-05\"",
                "today", "\"timestamp\":\"" + before.toString().substring(0, 10) + "\"",
                "plain", "\"timestamp\":\"2020-05-05T10:00:00.123Z\"");
        calls.forEach((message, times) -> assertThat(service.post(
                                "/v1/track",
                                "{\"userId\":\"%s\",\"messageId\":\"%s\",\"event\":\"x\",%s}"
                                        .formatted(user, message, times))
                        .status())
                .as(message)
                .isEqualTo(200));
        Map<String, JsonNode> received = new HashMap<>();
        for (JsonNode event : service.events("winback.activity", user)) {
            received.put(event.get("messageId").asString(), event);
        }
        assertThat(received.keySet()).isEqualTo(calls.keySet());
        assertThat(at(received, "plain")).isEqualTo(Instant.parse("2020-05-05T10:00:00.123Z"));
        assertThat(Duration.between(at(received, "skewed"), before))
                .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(61));
        assertThat(at(received, "unsent")).isEqualTo(Instant.parse("2020-05-05T10:00:00Z"));
        assertThat(at(received, "longSent")).isEqualTo(Instant.parse("2020-05-05T10:00:00Z"));
        assertThat(at(received, "day")).isEqualTo(Instant.parse("2020-05-05T12:00:00Z"));
        assertThat(at(received, "today")).isBeforeOrEqualTo(Instant.now());
        received.forEach((message, event) -> {
            assertThat(event.get("timeAdjusted").asBoolean()).as(message).isEqualTo(message.equals("ahead"));
            assertThat(event.get("precision").asString())
                    .as(message)
                    .isEqualTo(message.endsWith("day") ? "DAY" : "INSTANT");
        });
        JsonNode ahead = java.util.Objects.requireNonNull(received.get("ahead"));
        assertThat(ahead.get("at").asString()).isEqualTo(ahead.get("receivedAt").asString());
    }

    private static void assertRefused(String path, String rest, String field, String code) {
        Answer answer = service.post(path, "{\"userId\":\"refused\"," + rest + "}");
        assertThat(answer.status()).as(rest).isEqualTo(400);
        assertThat(answer.body().at("/errors/0/field").asString()).as(rest).isEqualTo(field);
        assertThat(answer.body().at("/errors/0/code").asString()).as(rest).isEqualTo(code);
    }

    @Test
    void timesThatCannotBeMeantAreRefused() {
        for (String unreadable : List.of(
                "\"yesterday\"",
                "\"\"",
                "\"2026-02-30\"",
                "\"2026-02-30T10:00:00Z\"",
                "1790000000000",
                "true",
                "\"+999999999-12-31T23:59:59Z\"")) {
            assertRefused("/v1/track", "\"event\":\"x\",\"timestamp\":" + unreadable, "timestamp", "bad-timestamp");
        }
        for (String absurd : List.of(
                "1900-01-01T00:00:00Z",
                "1969-12-31",
                "2200-01-01T00:00:00Z",
                Instant.now().plus(Duration.ofHours(25)).toString(),
                Instant.now().plus(Duration.ofDays(2)).toString().substring(0, 10))) {
            assertRefused(
                    "/v1/track",
                    "\"event\":\"x\",\"timestamp\":\"" + absurd + "\"",
                    "timestamp",
                    "timestamp-out-of-range");
        }
        Answer batch = service.post("/v1/batch", """
                {"batch":[{"type":"track","userId":"refused","event":"x"},
                 {"type":"track","userId":"refused","event":"x","timestamp":"yesterday"}]}""");
        assertThat(batch.status()).isEqualTo(200);
        assertThat(batch.body().at("/rejected/0/index").asInt()).isEqualTo(1);
        assertThat(batch.body().at("/rejected/0/code").asString()).isEqualTo("bad-timestamp");
    }

    @Test
    void moneyThatIsNoneIsRefused() {
        String order = "\"event\":\"Order Completed\",\"properties\":";
        assertRefused("/v1/track", order + "{\"total\":\"twelve\"}", "properties.total", "bad-amount");
        assertRefused("/v1/track", order + "{\"total\":null,\"revenue\":{}}", "properties.revenue", "bad-amount");
        assertRefused("/v1/track", order + "{\"value\":1e13}", "properties.value", "bad-amount");
        assertRefused("/v1/track", order + "{\"amount\":1e999999}", "properties.amount", "bad-amount");
        assertRefused("/v1/track", order + "{\"total\":-5}", "properties.total", "bad-amount");
        assertRefused(
                "/v1/track", order + "{\"total\":5,\"currency\":\"euro\"}", "properties.currency", "bad-currency");
        String refund = order.replace("Completed", "Refunded");
        assertRefused("/v1/track", refund + "{\"total\":\"x\"}", "properties.total", "bad-amount");
        String user = id();
        for (String rest : List.of(
                order + "{\"total\":\"12.50\",\"currency\":\"usd\"}",
                refund + "{\"total\":-5}",
                "\"event\":\"x\",\"properties\":{\"total\":\"twelve\",\"currency\":5}")) {
            assertThat(service.post("/v1/track", "{\"userId\":\"" + user + "\"," + rest + "}")
                            .status())
                    .as(rest)
                    .isEqualTo(200);
        }
        profileOnce(user, 1);
    }

    @Test
    void traitsWithAMeaningAreRefusedWithoutIt() {
        Map<String, String> bad = Map.ofEntries(
                Map.entry("{'timezone':'Mars/Olympus'}", "timezone"),
                Map.entry("{'timezone':2}", "timezone"),
                Map.entry("{'email':'nobody'}", "email"),
                Map.entry("{'email':'a b@example.invalid'}", "email"),
                Map.entry("{'email':'a@example.invalid\\r\\nBcc: b'}", "email"),
                Map.entry("{'email':'" + "a".repeat(250) + "@b.cd'}", "email"),
                Map.entry("{'email':['a@b.cd']}", "email"),
                Map.entry("{'consents':true}", "consents"),
                Map.entry(
                        "{'consents':[{'channel':'c','purpose':'p','source':'s','granted':true,'at':'1999-01-01T00:00:00Z'}]}",
                        "consents[0].at"),
                Map.entry("{'consents':['email']}", "consents[0]"),
                Map.entry("{'consents':[{'purpose':'p','source':'s','granted':true}]}", "consents[0].channel"),
                Map.entry("{'consents':[{'channel':'c','purpose':'p','granted':true}]}", "consents[0].source"),
                Map.entry(
                        "{'consents':[{'channel':'c','purpose':'p','source':'s','granted':'yes'}]}",
                        "consents[0].granted"));
        bad.forEach((traits, field) -> assertRefused(
                "/v1/identify", "\"traits\":" + traits.replace('\'', '"'), "traits." + field, "wrong-value"));
        assertThat(service.post("/v1/identify", """
                        {"userId":"%s","traits":{"timezone":null,"email":null,"consents":null,"phone":17}}""".formatted(id())).status()).isEqualTo(200);
    }

    @Test
    void faultsAreSentences() {
        assertThat(service.post("/v1/track", "[]").body().get("detail").asString())
                .isEqualTo("The body must be a JSON object.");
        assertThat(service.post("/v1/track", "{\"userId\":\"u\",\"event\":1}")
                        .body()
                        .get("detail")
                        .asString())
                .isEqualTo("event: must be a string");
        assertThat(service.post("/v1/track", "{\"userId\":\"u\",\"event\":\"x\",\"context\":1}")
                        .body()
                        .get("detail")
                        .asString())
                .isEqualTo("context: must be a JSON object");
        assertThat(service.post("/v1/track", " ".repeat(33 * 1024))
                        .body()
                        .get("detail")
                        .asString())
                .contains("32768 bytes", "33792");
    }

    private static Instant at(Map<String, JsonNode> received, String message) {
        JsonNode event = java.util.Objects.requireNonNull(received.get(message));
        assertThat(event.get("timeAdjusted").asBoolean() && message.equals("plain"))
                .isFalse();
        return Instant.parse(event.get("at").asString());
    }

    @Test
    void whatPostgresCannotHoldIsReplacedAndTheEventKept() {
        String user = id();
        Answer answer = service.post("/v1/track", """
                {"userId":"%s","event":"Order Completed","extra":{"k\\u0000ey":"\\ud800"},
                 "properties":{"total":3,"note":"a\\u0000b","huge":1e999999,"tiny":1e-999999}}""".formatted(user));
        assertThat(answer.status()).isEqualTo(200);
        profileOnce(user, 1);
        assertThat(service.db
                        .sql("SELECT event->'properties'->>'note' FROM activity WHERE subscriber_id = ?")
                        .param(user)
                        .query(String.class)
                        .single())
                .isEqualTo("a\uFFFDb");
        assertThat(service.db
                        .sql("SELECT event#>>'{context,$call,extra}' FROM activity WHERE subscriber_id = ?")
                        .param(user)
                        .query(String.class)
                        .single())
                .contains("k\uFFFDey");
    }

    @Test
    void segmentLibrariesSendTheirKeyAsBasicUserAndIntegersAsIds() {
        int number = 1_000_000 + (int) (System.nanoTime() % 1_000_000);
        String basic = Base64.getEncoder().encodeToString((RunningService.KEY + ":").getBytes(StandardCharsets.UTF_8));
        Answer answer =
                service.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port + "/v1/track"))
                        .header("Authorization", "Basic " + basic)
                        .POST(BodyPublishers.ofString(
                                "{\"userId\":%d,\"event\":\"Order Completed\",\"properties\":{\"total\":\"7\"}}"
                                        .formatted(number)))
                        .build());
        assertThat(answer.status()).isEqualTo(200);
        profileOnce(Integer.toString(number), 1);
        Answer stranger =
                service.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port + "/v1/track"))
                        .POST(BodyPublishers.ofString("{}"))
                        .build());
        assertThat(stranger.status()).isEqualTo(401);
    }

    @Test
    void aPoisonMessageIsParkedAndTheConsumerGoesOn() {
        String user = id();
        service.produce(
                "winback.activity",
                user,
                "{broken".getBytes(StandardCharsets.UTF_8),
                Map.of("ce_type", "winback.activity.received.v1"));
        String event = """
                {"subscriberId":"%s","source":"api:x","messageId":"p","type":"TRACK","name":"a","at":"2026-01-01T00:00:00Z",
                 "precision":"INSTANT","receivedAt":"2026-01-01T00:00:00Z","timeAdjusted":false,
                 "properties":{"nul":"\\u0000"},"traits":{},"context":{}}""".formatted(user);
        service.produce(
                "winback.activity",
                user,
                event.getBytes(StandardCharsets.UTF_8),
                Map.of("ce_type", "winback.activity.received.v1"));
        service.post("/v1/track", order(user, "after", Instant.now(), "1"));
        profileOnce(user, 1);
        assertThat(service.records("winback.activity.dlt").stream()
                        .filter(record -> user.equals(record.key()))
                        .map(record -> RunningService.header(record, "winback_reason")))
                .containsExactlyInAnyOrder("malformed", "failed");
    }

    @Test
    void machinesOpenMailsButFeedNoFeature() {
        String user = id();
        service.post(
                "/v1/track",
                "{\"userId\":\"%s\",\"event\":\"Email Opened\",\"properties\":{\"machine\":true}}".formatted(user));
        profileOnce(user, 0);
        assertThat(feature(user, "days_since_email_open")).isNaN();
        await().untilAsserted(() -> assertThat(service.events("winback.feedback", user))
                .anyMatch(event -> event.get("machine").asBoolean()));
    }

    @Test
    void unknownThingsAreNotFound() {
        assertThat(service.get("/v1/subscribers/nobody").body().get("code").asString())
                .isEqualTo("unknown-subscriber");
        assertThat(service.get("/v1/imports/" + UUID.randomUUID()).status()).isEqualTo(404);
        assertThat(service.get("/v1/sweeps/" + UUID.randomUUID()).status()).isEqualTo(404);
        assertThat(service.get("/v1/subscribers?lifecycle=bogus").status()).isEqualTo(400);
        assertThat(service.get("/v1/subscribers?cursor=%21").status()).isEqualTo(400);
    }

    private static final String CSV = """
            CustomerID,No,Date,Amount,First Name
            A%1$s,1,19970101,10.00,"Ada, L."
            A%1$s,2,19970101,10.00,"Ada, L."
            B%1$s,1,1997-02-03,5.50,Bob
            B%1$s,1,1997-02-03,5.50,Bob
            C%1$s,1,19971341,5.50,x
            C%1$s,1,19970101,five,x
            C%1$s,1,20990101,5,x
            C%1$s,1,19970101,5,"open
            D%1$s,1,1997-05-05T10:00:00+02:00,7,D
            ,1,19970101,5,x
            E%1$s,1,199""";

    private static final String COLUMNS =
            "columns=customer=CustomerID,at=Date,amount=4,firstName=First%20Name&consent=email/marketing&consentSource=demo"
                    + "&emailPattern=%7Bid%7D@example.invalid";

    private static JsonNode done(Answer started) {
        assertThat(started.status()).isEqualTo(202);
        String id = started.body().get("importId").asString();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(service.get("/v1/imports/" + id)
                                .body()
                                .get("state")
                                .asString())
                        .isEqualTo("done"));
        return service.get("/v1/imports/" + id).body();
    }

    @Test
    void anImportKeepsTheGoodRowsNamesTheBadAndCountsOnceHoweverOftenItRuns() {
        String run = UUID.randomUUID().toString().substring(0, 8);
        String file = CSV.formatted(run);
        JsonNode first = done(service.post("/v1/imports?" + COLUMNS, file, "Content-Type", "text/csv"));
        assertThat(first.get("rowsRead").asLong()).isEqualTo(11);
        assertThat(first.get("rowsAccepted").asLong()).isEqualTo(5);
        assertThat(first.get("rowsApplied").asLong()).isEqualTo(5);
        assertThat(first.get("duplicates").asLong()).isZero();
        assertThat(first.get("rejections")
                        .valueStream()
                        .map(r -> r.get("row").asLong() + " " + r.get("column").asString() + " "
                                + r.get("code").asString()))
                .containsExactly(
                        "6 at bad-date",
                        "7 amount bad-amount",
                        "8 at date-out-of-range",
                        "9  wrong-quoting",
                        "11 customer missing-value",
                        "12  missing-value");
        JsonNode again = done(service.post("/v1/imports?" + COLUMNS, file, "Content-Type", "text/csv"));
        assertThat(again.get("rowsApplied").asLong()).isZero();
        assertThat(again.get("duplicates").asLong()).isEqualTo(5);

        JsonNode ada = profileOnce("A" + run, 2);
        assertThat(ada.at("/traits/firstName").asString()).isEqualTo("Ada, L.");
        assertThat(ada.at("/traits/email").asString()).isEqualTo("A" + run + "@example.invalid");
        assertThat(ada.at("/consents/0/source").asString()).isEqualTo("demo");
        assertThat(ada.get("lifecycle").asString()).isEqualTo("lost");
        assertThat(feature("A" + run, "order_days")).isEqualTo(1);
        assertThat(feature("A" + run, "hours_18_21")).isNaN();
        profileOnce("B" + run, 2);
        assertThat(feature("D" + run, "hours_06_09")).isEqualTo(1);
    }

    @Test
    void anUploadCutOffInTheMiddleAndImportedAgainGivesTheCountsOfOneCleanImport() throws IOException {
        String run = UUID.randomUUID().toString().substring(0, 8);
        StringBuilder file = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            file.append("  X%s-%d   %d   1 9.99\n".formatted(run, i % 700, 19970101 + i % 28));
        }
        byte[] body = file.toString().getBytes(StandardCharsets.UTF_8);
        String query = "/v1/imports?columns=customer=1,at=2,amount=4&header=false&delimiter=whitespace&name=" + run;
        try (Socket socket = new Socket("127.0.0.1", service.port)) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + query + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + RunningService.KEY
                            + "\r\nContent-Type: text/csv\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body, 0, body.length / 2);
            out.flush();
        }
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            JsonNode newest = service.get("/v1/imports").body().get("imports");
            assertThat(newest.valueStream()
                            .filter(i -> i.path("name").asString("").equals(run))
                            .map(i -> i.get("state").asString()))
                    .containsExactly("failed");
        });
        JsonNode again = done(service.post(query, body, "Content-Type", "text/csv"));
        assertThat(again.get("rowsAccepted").asLong()).isEqualTo(3000);
        assertThat(again.get("duplicates").asLong()).isBetween(1L, 1600L);
        assertThat(service.db
                        .sql("SELECT sum(orders) FROM subscriber WHERE id LIKE ?")
                        .param("X" + run + "-%")
                        .query(Long.class)
                        .single())
                .isEqualTo(3000);
    }

    @Test
    void aMappingThatDoesNotFitIsRefusedWhole() {
        Answer missing = service.post(
                "/v1/imports?columns=customer=id,at=when,amount=sum",
                "id,when\n1,20200101\n",
                "Content-Type",
                "text/csv");
        assertThat(missing.status()).isEqualTo(400);
        assertThat(missing.body().at("/errors/0/field").asString()).isEqualTo("columns.amount");
        Answer wrong = service.post("/v1/imports?columns=at=1&charset=klingon&consent=email/marketing", "x");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.body()
                        .get("errors")
                        .valueStream()
                        .map(e -> e.get("field").asString()))
                .contains("columns.customer", "charset", "consentSource");
    }

    @Test
    void timesWithoutAnOffsetAreInTheMappingsZone() {
        String run = UUID.randomUUID().toString().substring(0, 8);
        byte[] file = "Z%s;2020-06-01 10:30;.50\n".formatted(run).getBytes(StandardCharsets.UTF_8);
        String query = "/v1/imports?columns=customer=1,at=2,amount=3&header=false&delimiter=%3B&timezone=Europe/Madrid";
        assertThat(done(service.post(query, file)).get("rowsApplied").asLong()).isEqualTo(1);
        JsonNode profile = profileOnce("Z" + run, 1);
        assertThat(profile.at("/orders/lastAt").asString()).isEqualTo("2020-06-01T08:30:00Z");
        assertThat(profile.at("/orders/spend").asDouble()).isEqualTo(.5);
    }

    @Test
    void otherEncodingsAreReadAndMalformedBytesReported() {
        String run = UUID.randomUUID().toString().substring(0, 8);
        byte[] latin = ("L%s;20200101;J\u00fcrgen\n".formatted(run)).getBytes(StandardCharsets.ISO_8859_1);
        String query = "/v1/imports?columns=customer=1,at=2,firstName=3&header=false&delimiter=%3B&event=Signed%20Up";
        JsonNode wrong = done(service.post(query, latin));
        assertThat(wrong.at("/rejections/0/code").asString()).isEqualTo("malformed-encoding");
        assertThat(wrong.at("/rejections/0/column").asString()).isEqualTo("firstName");
        done(service.post(query + "&charset=ISO-8859-1", latin));
        assertThat(profileOnce("L" + run, 0).at("/traits/firstName").asString()).isEqualTo("J\u00fcrgen");
    }

    @Test
    void aTrainingSetKnowsNothingAfterItsCutoffButTheLabels() {
        String run = UUID.randomUUID().toString().substring(0, 8);
        done(service.post("/v1/imports?columns=customer=1,at=2,amount=3&header=false", """
                T%1$s,19900101,10
                T%1$s,19900110,20
                T%1$s,19900201,40
                T%1$s,19900401,80
                U%1$s,19900115,5
                """.formatted(run)));
        String dataset = "set-" + run;
        service.produce(
                "winback.commands",
                dataset,
                """
                {"datasetId":"%s","cutoff":"1990-01-12T00:00:00Z","horizonDays":30,"requestedAt":"2026-01-01T00:00:00Z"}""".formatted(dataset).getBytes(StandardCharsets.UTF_8),
                Map.of("ce_type", "winback.training.requested.v1"));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(service.records("winback.training").stream()
                                .filter(r -> RunningService.header(r, "ce_type").equals("winback.training.closed.v1"))
                                .filter(r -> dataset.equals(r.key())))
                        .hasSize(3));
        Map<Integer, Long> rows = new HashMap<>();
        Map<Integer, Long> closed = new HashMap<>();
        JsonNode row = RunningService.JSON.nullNode();
        JsonNode close = row;
        for (var record : service.records("winback.training")) {
            JsonNode payload = RunningService.JSON.readTree(record.value());
            if (!payload.get("datasetId").asString().equals(dataset)) {
                continue;
            }
            if (RunningService.header(record, "ce_type").equals("winback.training.row.v1")) {
                rows.merge(record.partition(), 1L, Long::sum);
                assertThat(record.key()).isEqualTo("T" + run);
                row = payload;
            } else {
                close = payload;
                assertThat(payload.get("partition").asInt()).isEqualTo(record.partition());
                if (payload.get("rows").asLong() > 0) {
                    closed.put(record.partition(), payload.get("rows").asLong());
                }
            }
        }
        assertThat(closed).isEqualTo(rows).hasSize(1);
        assertThat(row.isObject()).isTrue();
        assertThat(row.at("/labels/orders").asInt()).isEqualTo(1);
        assertThat(row.at("/labels/spend").asDouble()).isEqualTo(40);
        List<String> names =
                close.get("featureNames").valueStream().map(JsonNode::asString).toList();
        assertThat(row.get("features").get(names.indexOf("orders")).asDouble()).isEqualTo(2);
        assertThat(row.get("features").get(names.indexOf("spend_total")).asDouble())
                .isEqualTo(30);
        assertThat(row.get("features").get(names.indexOf("has_email")).asDouble())
                .isZero();
    }

    private static String mailed(String user, String event, String day, String properties) {
        return """
                {"type":"track","userId":"%s","event":"%s","timestamp":"1991-%sT09:30:00Z","properties":%s}
                """.formatted(user, event, day, properties);
    }

    @Test
    void labelsTellWhetherThePersonAnsweredTheNextMailAndCameToTheShop() {
        String run = UUID.randomUUID().toString().substring(0, 8);
        StringBuilder events = new StringBuilder();
        for (String user : List.of("person", "machine", "late", "nextTooLate")) {
            events.append(mailed(user + run, "Email Delivered", "01-01", "{\"email_id\":\"before\"}"));
        }
        for (String user : List.of("person", "machine", "late")) {
            events.append(mailed(user + run, "Email Delivered", "01-13", "{\"email_id\":\"next\"}"));
        }
        events.append(mailed("person" + run, "Email Opened", "01-15", "{\"email_id\":\"next\"}"))
                .append(mailed("machine" + run, "Email Opened", "01-15", "{\"email_id\":\"next\",\"machine\":true}"))
                .append(mailed("late" + run, "Email Opened", "01-21", "{\"email_id\":\"next\"}"))
                .append(mailed("nextTooLate" + run, "Email Delivered", "02-06", "{\"email_id\":\"next\"}"))
                .append(mailed("nextTooLate" + run, "Email Opened", "02-07", "{\"email_id\":\"next\"}"))
                .append(mailed("nextTooLate" + run, "Product Viewed", "02-08", "{}"))
                .append(mailed("viewer" + run, "Product Viewed", "01-02", "{}"))
                .append(mailed("viewer" + run, "Email Delivered", "01-13", "{\"email_id\":\"next\"}"));
        done(service.post("/v1/imports?kind=events&format=ndjson", events.toString()));

        Map<String, JsonNode> labels = labels("labels-" + run, "1991-01-10T00:00:00Z");

        assertThat(labels.keySet())
                .as("of those who had ordered or been mailed")
                .contains("person" + run, "machine" + run, "late" + run, "nextTooLate" + run)
                .doesNotContain("viewer" + run);
        assertThat(engaged(labels, "person" + run)).isEqualTo("true");
        assertThat(engaged(labels, "machine" + run)).isEqualTo("false");
        assertThat(engaged(labels, "late" + run)).isEqualTo("false");
        assertThat(engaged(labels, "nextTooLate" + run)).isEqualTo("unknown");
        assertThat(requireNonNull(labels.get("nextTooLate" + run)).get("visits").asInt())
                .isEqualTo(1);
        assertThat(requireNonNull(labels.get("person" + run)).get("visits").asInt())
                .isZero();
    }

    private static String engaged(Map<String, JsonNode> labels, String subscriber) {
        return requireNonNull(labels.get(subscriber)).path("engaged").asString("unknown");
    }

    /** Of the rows of a data set of thirty days, by subscriber. */
    private static Map<String, JsonNode> labels(String dataset, String cutoff) {
        service.produce(
                "winback.commands",
                dataset,
                """
                {"datasetId":"%s","cutoff":"%s","horizonDays":30,"requestedAt":"2026-01-01T00:00:00Z"}""".formatted(dataset, cutoff).getBytes(StandardCharsets.UTF_8),
                Map.of("ce_type", "winback.training.requested.v1"));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(service.records("winback.training").stream()
                                .filter(r -> RunningService.header(r, "ce_type").equals("winback.training.closed.v1"))
                                .filter(r -> dataset.equals(r.key())))
                        .hasSize(3));
        Map<String, JsonNode> labels = new HashMap<>();
        for (var record : service.records("winback.training")) {
            JsonNode payload = RunningService.JSON.readTree(record.value());
            if (payload.get("datasetId").asString().equals(dataset) && payload.has("labels")) {
                labels.put(payload.get("subscriberId").asString(), payload.get("labels"));
            }
        }
        return labels;
    }

    @Test
    void howActivityArrivesMakesNoDifference() {
        Random random = new Random(20261124);
        String run = UUID.randomUUID().toString().substring(0, 8);
        Instant start = Instant.now().minus(Duration.ofDays(500)).truncatedTo(ChronoUnit.MILLIS);
        List<String> names = List.of(
                "Order Completed", "Email Opened", "Email Delivered", "Product Viewed", "Other", "Order Refunded");
        List<String> history = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            history.add("""
                    {"type":"track","userId":"%%1$s","messageId":"%%1$s-%d","event":"%s","timestamp":"%s",\
                    "properties":{"total":%d.%02d,"quantity":%d,"category":"c%d"}}""".formatted(
                            i,
                            names.get(random.nextInt(names.size())),
                            start.plusSeconds(random.nextInt(490 * 86_400)),
                            random.nextInt(100),
                            random.nextInt(100),
                            random.nextInt(5),
                            random.nextInt(8)));
        }
        List<String> shuffled = new ArrayList<>(history);
        Collections.shuffle(shuffled, random);
        List<String> duplicated = new ArrayList<>(shuffled);
        duplicated.addAll(history);
        Collections.shuffle(duplicated, random);
        Map<String, List<List<String>>> deliveries = Map.of(
                "one-" + run, history.stream().map(List::of).toList(),
                "batch-" + run, List.of(history),
                "shuffled-" + run, shuffled.stream().map(List::of).toList(),
                "twice-" + run, List.of(duplicated.subList(0, 40), duplicated.subList(40, 120)));
        deliveries.forEach((user, batches) -> batches.forEach(batch -> assertThat(service.post(
                                "/v1/batch",
                                "{\"batch\":[" + String.join(",", batch).formatted(user) + "]}")
                        .status())
                .isEqualTo(200)));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(service.db
                                .sql("SELECT count(*) FROM subscriber WHERE id LIKE ? AND activities = 60")
                                .param("%-" + run)
                                .query(Long.class)
                                .single())
                        .isEqualTo(4));
        String sweep = "/v1/sweeps/"
                + service.post("/v1/sweeps", "").body().get("sweepId").asString();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(service.get(sweep).body().get("state").asString())
                                .isEqualTo("done"));

        JsonNode expected = service.events("winback.profile", "one-" + run).getLast();
        for (String user : deliveries.keySet()) {
            JsonNode actual = service.events("winback.profile", user).getLast();
            assertClose(actual.get("features"), expected.get("features"));
            assertThat(actual.get("periods")).isEqualTo(expected.get("periods"));
        }

        // The same through the other door: history replayed to that instant for training.
        String dataset = "replay-" + run;
        service.produce(
                "winback.commands",
                dataset,
                """
                {"datasetId":"%s","cutoff":"%s","horizonDays":0,"requestedAt":"2026-01-01T00:00:00Z"}""".formatted(dataset, expected.get("featuresAsOf").asString()).getBytes(StandardCharsets.UTF_8),
                Map.of("ce_type", "winback.training.requested.v1"));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(service.events("winback.training", dataset)).hasSize(3));
        JsonNode row = service.events("winback.training", "one-" + run).stream()
                .filter(candidate -> candidate.get("datasetId").asString().equals(dataset))
                .findFirst()
                .orElseThrow();
        assertThat(row.has("labels")).isFalse();
        assertClose(row.get("features"), expected.get("features"));
        assertThat(row.get("periods")).isEqualTo(expected.get("periods"));
    }

    private static void assertClose(JsonNode actual, JsonNode expected) {
        assertThat(actual.size()).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            if (expected.get(i).isNumber()) {
                double value = expected.get(i).asDouble();
                assertThat(actual.get(i).asDouble())
                        .as("feature %d", i)
                        .isCloseTo(value, within(1e-6 * Math.max(1e-9, Math.abs(value))));
            } else {
                assertThat(actual.get(i)).isEqualTo(expected.get(i));
            }
        }
    }

    @Test
    void theListIsPagedAndTheStatsAddUp() {
        String run = UUID.randomUUID().toString().substring(0, 8);
        for (int i = 0; i < 5; i++) {
            service.post("/v1/track", order("zz-" + run + i, run + i, Instant.now(), "2"));
        }
        for (int i = 0; i < 5; i++) {
            profileOnce("zz-" + run + i, 1);
        }
        String after = Base64.getUrlEncoder().encodeToString(("after:zz-" + run).getBytes(StandardCharsets.UTF_8));
        JsonNode page = service.get("/v1/subscribers?lifecycle=active&limit=3&cursor=" + after)
                .body();
        assertThat(page.get("subscribers").size()).isEqualTo(3);
        JsonNode rest = service.get("/v1/subscribers?lifecycle=active&limit=3&cursor="
                        + page.get("nextCursor").asString())
                .body();
        assertThat(rest.at("/subscribers/0/subscriberId").asString()).isEqualTo("zz-" + run + 3);
        assertThat(service.get("/v1/subscribers?cursor=foo").status()).isEqualTo(400);
        JsonNode stats = service.get("/v1/stats").body();
        assertThat(stats.get("byLifecycle")
                        .valueStream()
                        .mapToLong(JsonNode::asLong)
                        .sum())
                .isEqualTo(stats.get("subscribers").asLong());
    }
}
