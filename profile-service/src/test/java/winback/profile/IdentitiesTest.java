package winback.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import winback.infrastructure.junit.Infrastructure;
import winback.profile.RunningService.Answer;

/** Two ids that are one person, and people who want to be forgotten. */
class IdentitiesTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    @SuppressWarnings("NullAway.Init")
    static RunningService service;

    @BeforeAll
    static void start() {
        service = new RunningService(infra, "--winback.erasure.repeat-after=200ms");
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static String id(String what) {
        return what + "-" + UUID.randomUUID();
    }

    private static void order(String user) {
        post("track", """
                {"userId":"%s","event":"Order Completed","properties":{"total":10}}""".formatted(user));
    }

    private static void anonymousOrder(String anonymous) {
        post("track", """
                {"anonymousId":"%s","event":"Order Completed","properties":{"total":10}}""".formatted(anonymous));
    }

    private static void alias(String from, String into) {
        post("alias", "{\"previousId\":\"%s\",\"userId\":\"%s\"}".formatted(from, into));
    }

    private static void consent(String user, boolean granted) {
        post("identify", """
                {"userId":"%s","traits":{"consents":[{"channel":"email","purpose":"marketing","granted":%s,"source":"form"}]}}""".formatted(user, granted));
    }

    private static void post(String call, String body) {
        assertThat(service.post("/v1/" + call, body).status()).isEqualTo(200);
    }

    private static JsonNode profile(String user, long orders) {
        await().atMost(SOON).untilAsserted(() -> {
            Answer answer = service.get("/v1/subscribers/" + user);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().at("/orders/count").asLong()).isEqualTo(orders);
        });
        return service.get("/v1/subscribers/" + user).body();
    }

    private static void awaitMerged(String from, String into) {
        await().atMost(SOON).untilAsserted(() -> assertThat(merge(from)).isEqualTo(into));
    }

    private static String merge(String from) {
        return service.db
                .sql("SELECT into_id FROM merge WHERE from_id = ?")
                .param(from)
                .query(String.class)
                .optional()
                .orElse("");
    }

    private static boolean lastIsTombstone(String id) {
        return service.records("winback.profile").stream()
                        .filter(record -> id.equals(record.key()))
                        .reduce((first, second) -> second)
                        .orElseThrow()
                        .value()
                == null;
    }

    @Test
    void anAliasMovesTheAnonymousHistoryAndLaterEventsFollow() {
        String visitor = id("visitor");
        String user = id("user");
        anonymousOrder(visitor);
        order(user);
        profile(visitor, 1);
        profile(user, 1);

        alias(visitor, user);

        assertThat(profile(user, 2).get("subscriberId").asString()).isEqualTo(user);
        assertThat(profile(visitor, 2).get("subscriberId").asString()).isEqualTo(user);
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(lastIsTombstone(visitor)).isTrue();
            assertThat(service.events("winback.identities", visitor))
                    .singleElement()
                    .satisfies(
                            merged -> assertThat(merged.get("into").asString()).isEqualTo(user));
            assertThat(service.events("winback.profile", user)
                            .getLast()
                            .get("version")
                            .asLong())
                    .isEqualTo(profile(user, 2).get("version").asLong());
        });
        anonymousOrder(visitor);
        profile(user, 3);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.events("winback.feedback", user))
                        .filteredOn(event -> event.path("name").asString("").equals("Order Completed"))
                        .hasSize(2));
        assertThat(count("SELECT count(*) FROM subscriber WHERE id = ?", visitor))
                .isZero();
        assertThat(count("SELECT count(*) FROM activity WHERE subscriber_id = ?", visitor))
                .isZero();
    }

    private static long count(String sql, String id) {
        return service.db.sql(sql).param(id).query(Long.class).single();
    }

    @Test
    void anIdentifyMergesItsAnonymousIdOnceAndNeverAKnownUser() {
        String visitor = id("visitor");
        String first = id("first");
        String second = id("second");
        anonymousOrder(visitor);
        post("identify", "{\"userId\":\"%s\",\"anonymousId\":\"%s\"}".formatted(first, visitor));
        profile(first, 1);

        order(second);
        post("identify", "{\"userId\":\"%s\",\"anonymousId\":\"%s\"}".formatted(second, visitor));
        post("identify", "{\"userId\":\"%s\",\"anonymousId\":\"%s\"}".formatted(second, first));
        order(second);

        profile(second, 2);
        assertThat(merge(visitor)).isEqualTo(first);
        assertThat(merge(first)).isEmpty();
        profile(first, 1);
    }

    @Test
    void chainsCirclesAndRepetitionsAreResolved() {
        String a = id("a");
        String b = id("b");
        String c = id("c");
        order(a);
        alias(a, b);
        awaitMerged(a, b);
        alias(b, a); // a circle
        alias(a, b); // again
        alias(b, b); // nobody
        order(b);
        profile(b, 2);
        assertThat(merge(b)).isEmpty();

        alias(b, c);

        awaitMerged(b, c);
        assertThat(merge(a)).isEqualTo(c);
        order(a);
        order(b);
        order(c);
        assertThat(profile(c, 5).get("subscriberId").asString()).isEqualTo(c);
        assertThat(profile(a, 5)).isEqualTo(profile(b, 5));
    }

    @Test
    void aChainWithinOneBatchEndsWithTheLastId() {
        String a = id("a");
        String b = id("b");
        String c = id("c");
        post("batch", """
                {"batch":[
                  {"type":"track","userId":"%1$s","event":"Order Completed"},
                  {"type":"alias","previousId":"%1$s","userId":"%2$s"},
                  {"type":"track","userId":"%2$s","event":"Order Completed"},
                  {"type":"alias","previousId":"%2$s","userId":"%3$s"},
                  {"type":"track","userId":"%1$s","event":"Order Completed"}]}""".formatted(a, b, c));
        profile(c, 3);
        awaitMerged(a, c);
        awaitMerged(b, c);
    }

    @Test
    void anUnknownIdMayBeMergedBeforeItIsSeen() {
        String unknown = id("unknown");
        String user = id("user");
        alias(unknown, user);
        awaitMerged(unknown, user);
        order(unknown);
        profile(user, 1);
    }

    @Test
    void theStricterConsentWinsAndSurvivesARebuild() {
        String visitor = id("visitor");
        String user = id("user");
        consent(visitor, true);
        post("track", "{\"anonymousId\":\"%s\",\"event\":\"Unsubscribed\"}".formatted(visitor));
        consent(user, true);
        await().atMost(SOON).untilAsserted(() -> assertThat(granted(user)).isTrue());
        await().atMost(SOON).untilAsserted(() -> assertThat(granted(visitor)).isFalse());

        alias(visitor, user);
        awaitMerged(visitor, user);
        assertThat(granted(user)).isFalse();

        // Late: the state is rebuilt from what is stored.
        post("track", """
                {"userId":"%s","event":"Order Completed","timestamp":"2020-01-01T10:00:00Z"}""".formatted(user));
        profile(user, 1);
        assertThat(granted(user)).isFalse();
        JsonNode history = service.get("/v1/subscribers/" + user + "/consents").body();
        assertThat(history.get("current").get(0).get("granted").asBoolean()).isFalse();
        assertThat(history.get("history").size()).isEqualTo(4);

        consent(user, true);
        await().atMost(SOON).untilAsserted(() -> assertThat(granted(user)).isTrue());
    }

    private static boolean granted(String user) {
        Answer answer = service.get("/v1/subscribers/" + user);
        assertThat(answer.status()).isEqualTo(200);
        return answer.body().at("/consents/0/granted").asBoolean();
    }

    @Test
    void aRepeatedAliasIsPublishedAgainUnderTheSameId() {
        String visitor = id("visitor");
        String user = id("user");
        String body = "{\"previousId\":\"%s\",\"userId\":\"%s\",\"messageId\":\"%s\"}"
                .formatted(visitor, user, UUID.randomUUID());
        post("alias", body);
        post("alias", body);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.records("winback.identities").stream()
                                .filter(record -> visitor.equals(record.key()))
                                .map(record -> RunningService.header(record, "ce_id")))
                        .hasSize(2)
                        .containsOnly("merged:" + visitor + ":" + user));
        assertThat(count("SELECT count(*) FROM activity WHERE subscriber_id = ?", user))
                .isEqualTo(1);
    }

    @Test
    void nothingIsLostOfWhatComesWhileAMergeIsMade() {
        String user = id("user");
        List<String> visitors = new ArrayList<>();
        List<CompletableFuture<Void>> senders = new ArrayList<>();
        for (int v = 0; v < 4; v++) {
            String visitor = id("visitor");
            visitors.add(visitor);
            senders.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 30; i++) {
                    anonymousOrder(visitor);
                    if (i == 10) {
                        alias(visitor, user);
                    }
                }
            }));
        }
        senders.forEach(CompletableFuture::join);

        profile(user, 120);
        for (String visitor : visitors) {
            assertThat(count("SELECT count(*) FROM subscriber WHERE id = ?", visitor))
                    .isZero();
            await().atMost(SOON).until(() -> lastIsTombstone(visitor));
        }
    }

    @Test
    void anErasedPersonIsForgottenWithAllTheirIds() {
        String visitor = id("visitor");
        String user = id("user");
        anonymousOrder(visitor);
        alias(visitor, user);
        post("track", """
                {"userId":"%s","event":"Order Completed","properties":{"order_id":"o-%s"}}""".formatted(user, user));
        profile(user, 2);

        Answer erased = delete(user);
        assertThat(erased.status()).isEqualTo(202);
        assertThat(delete(user)).isEqualTo(erased);
        assertThat(delete(visitor).body().get("completeBy"))
                .isEqualTo(erased.body().get("completeBy"));
        assertThat(Duration.between(
                        Instant.parse(erased.body().get("erasedAt").asString()),
                        Instant.parse(erased.body().get("completeBy").asString())))
                .isBetween(Duration.ofDays(7), Duration.ofDays(8));
        assertThat(service.get("/v1/subscribers/" + user).status()).isEqualTo(404);
        assertThat(service.get("/v1/subscribers/" + visitor).status()).isEqualTo(404);
        await().atMost(SOON).untilAsserted(() -> {
            for (String id : List.of(user, visitor)) {
                assertThat(service.records("winback.identities").stream()
                                .filter(record -> id.equals(record.key()))
                                .map(record -> RunningService.header(record, "ce_id"))
                                .filter(eventId -> eventId.startsWith("erased:")))
                        .as("told twice")
                        .hasSize(2)
                        .containsOnly("erased:" + id + ":"
                                + Instant.parse(erased.body().get("erasedAt").asString())
                                        .toEpochMilli());
                assertThat(lastIsTombstone(id)).isTrue();
            }
        });
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(leftovers(user) + leftovers(visitor)).isEmpty());

        JsonNode pending = service.get("/v1/erasures/" + user).body();
        assertThat(pending.get("state").asString()).isEqualTo("pending");
        assertThat(service.get("/v1/erasures/" + id("nobody")).status()).isEqualTo(404);
        assertThat(delete(id("nobody")).status()).isEqualTo(404);
    }

    /** Every table in which a text is found. */
    private static String leftovers(String text) {
        StringBuilder found = new StringBuilder();
        for (String table : service.db
                .sql("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
                .query(String.class)
                .list()) {
            if (service.db
                    .sql("SELECT EXISTS (SELECT FROM \"%s\" AS t WHERE position(? IN t::text) > 0)".formatted(table))
                    .param(text)
                    .query(Boolean.class)
                    .single()) {
                found.append(table).append(' ');
            }
        }
        return found.toString();
    }

    @Test
    void whatIsOlderThanAnErasureIsDroppedAndNewerStartsAnewWithoutConsent() {
        String user = id("user");
        String other = id("other");
        order(user);
        consent(user, true);
        await().atMost(SOON).untilAsserted(() -> assertThat(granted(user)).isTrue());
        long before =
                service.get("/v1/subscribers/" + user).body().get("version").asLong();
        assertThat(delete(user).status()).isEqualTo(202);

        // Received now, of the time before; and a merge of what happened before.
        post("track", """
                {"userId":"%s","event":"Order Completed","timestamp":"2020-01-01T10:00:00Z"}""".formatted(user));
        post("alias", """
                {"previousId":"%s","userId":"%s","timestamp":"2020-01-01T10:00:00Z"}""".formatted(user, other));
        order(other);
        profile(other, 1);
        assertThat(merge(user)).isEmpty();
        assertThat(service.get("/v1/subscribers/" + user).status()).isEqualTo(404);

        order(user);
        JsonNode anew = profile(user, 1);
        assertThat(anew.path("consents").size()).isZero();
        assertThat(anew.get("version").asLong()).isGreaterThan(before);
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(service.records("winback.identities").stream().filter(record -> user.equals(record.key())))
                    .hasSize(2);
            assertThat(lastIsTombstone(user)).isFalse();
        });

        alias(user, other);
        profile(other, 2);
        assertThat(delete(user).status()).isEqualTo(202);
        assertThat(service.get("/v1/subscribers/" + other).status()).isEqualTo(404);
    }

    @Test
    void anExportHoldsEverythingThatIsKnown() {
        String visitor = id("visitor");
        String user = id("user");
        anonymousOrder(visitor);
        alias(visitor, user);
        post("identify", """
                {"userId":"%s","traits":{"email":"%s@example.invalid","consents":[{"channel":"email","purpose":"marketing","granted":true,"source":"form"}]}}""".formatted(user, user));
        await().atMost(SOON).untilAsserted(() -> assertThat(granted(user)).isTrue());

        JsonNode export = service.get("/v1/subscribers/" + visitor + "/export").body();

        assertThat(export.get("subscriberId").asString()).isEqualTo(user);
        assertThat(export.at("/profile/traits/email").asString()).isEqualTo(user + "@example.invalid");
        assertThat(export.at("/profile/features").size())
                .isEqualTo(service.get("/v1/features").body().get("features").size());
        assertThat(export.at("/merges/0/from").asString()).isEqualTo(visitor);
        assertThat(export.get("activity").size()).isEqualTo(3);
        assertThat(export.at("/activity/0/anonymousId").asString()).isEqualTo(visitor);
        assertThat(export.at("/consents/history/0/source").asString()).isEqualTo("form");
        assertThat(export.get("elsewhere").size()).isPositive();
        assertThat(service.get("/v1/subscribers/" + id("nobody") + "/export").status())
                .isEqualTo(404);
    }

    @Test
    void idsInPathsMayHaveAnyCharacter() {
        for (String[] written : new String[][] {
            {"a/b" + UUID.randomUUID(), "%2F"},
            {"jürgen ☕ " + UUID.randomUUID(), ""},
            {"50%;\\\\x" + UUID.randomUUID(), ""}
        }) {
            String user = written[0].replace("\\\\", "\\");
            order(written[0]);
            String path = java.net.URLEncoder.encode(user, java.nio.charset.StandardCharsets.UTF_8)
                    .replace("+", "%20");
            assertThat(path).contains(written[1]);
            assertThat(profile(path, 1).get("subscriberId").asString()).isEqualTo(user);
            assertThat(delete(path).status()).as(path).isEqualTo(202);
            assertThat(service.get("/v1/subscribers/" + path).status()).isEqualTo(404);
        }
    }

    private static Answer delete(String id) {
        Answer answer = service.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port + "/v1/subscribers/" + id))
                        .header("Authorization", "Bearer " + RunningService.KEY)
                        .DELETE()
                        .build());
        return new Answer(answer.status(), answer.body(), java.util.Map.of());
    }
}
