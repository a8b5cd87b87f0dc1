package winback.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static winback.content.RunningContent.campaign;
import static winback.content.RunningContent.variant;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.content.RunningContent.Answer;
import winback.content.brief.DemoBrief;
import winback.content.campaigns.Campaigns;
import winback.contracts.ActivityApplied;
import winback.contracts.ActivityType;
import winback.contracts.ContentDecided;
import winback.contracts.DeliveryDue;
import winback.contracts.DeliveryRefused;
import winback.contracts.DeliveryScheduled;
import winback.contracts.ProfileChanged;
import winback.contracts.TimePrecision;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;

class ContentServiceTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    @SuppressWarnings("NullAway.Init")
    private static RunningContent content;

    @BeforeAll
    static void start() {
        content = new RunningContent(infra);
        await().atMost(Duration.ofSeconds(30)).until(content::isReady);
    }

    @AfterAll
    static void stop() {
        content.close();
    }

    @AfterEach
    void presentTime() {
        content.clock.reset();
    }

    // Campaigns

    @Test
    void aCampaignIsCreatedOnceAndShown() {
        Map<String, Object> spring = campaign("spring-1", .1, 2);
        Answer created = content.post("/v1/campaigns", spring, "Idempotency-Key", "spring-1-key");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.response().headers().firstValue("Location")).contains("/v1/campaigns/spring-1");
        Answer again = content.post("/v1/campaigns", spring, "Idempotency-Key", "spring-1-key");
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(created.body());
        Answer taken = content.post("/v1/campaigns", spring);
        assertThat(taken.status()).isEqualTo(409);
        assertThat(taken.text("/code")).isEqualTo("campaign-exists");

        JsonNode shown = content.get("/v1/campaigns/spring-1").body();
        assertThat(shown.at("/holdoutShare").asDouble()).isEqualTo(.1);
        assertThat(shown.at("/variants")).hasSize(2);
        assertThat(shown.at("/variants/0/probability").asDouble()).isCloseTo(.5, within(1e-6));
        assertThat(shown.at("/variants/0/cta/url").asString()).isEqualTo("https://shop.example/back");
        assertThat(content.get("/v1/campaigns/none").text("/code")).isEqualTo("unknown-campaign");
    }

    @Test
    void aBatchIsAnsweredLineByLineAndOneFaultFailsNoOther() {
        content.post("/v1/campaigns", campaign("batch", 0, 0));
        Answer answer = content.post("/v1/personalizations/batch", """
                {"personalizations": [
                  {"subscriberId": "b-1", "campaignId": "batch"},
                  {"subscriberId": "b-2", "campaignId": "nowhere"},
                  {"campaignId": "batch"},
                  null,
                  {"subscriberId": "b-1", "campaignId": "batch", "deliver": true},
                  {"subscriberId": "b-1", "campaignId": "batch", "deliver": true},
                  17,
                  {"subscriberId": "b-1", "campaignId": {"id": "batch"}},
                  {"subscriberId": "b-1", "campaignId": "batch", "budgetMillis": 99999999999},
                  {"subscriberId": "b-1", "campaignId": "batch", "bugdet": 1},
                  {"subscriberId": "b-\\ud800", "campaignId": "batch"},
                  {"subscriberId": "b-3", "campaignId": "batch"}]}""");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.response().headers().firstValue("Content-Type")).contains("application/x-ndjson");
        List<JsonNode> lines = answer.response()
                .body()
                .lines()
                .map(JsonMapper.shared()::readTree)
                .toList();
        assertThat(lines).hasSize(12);
        assertThat(lines.get(0).at("/content/subject").asString()).isNotEmpty();
        assertThat(lines.get(0).at("/fallbacks/0/why").asString()).isEqualTo("unknown-subscriber");
        assertThat(lines.get(1).at("/problem/code").asString()).isEqualTo("unknown-campaign");
        assertThat(lines.get(1).at("/problem/status").asInt()).isEqualTo(404);
        assertThat(lines.get(1).at("/subscriberId").asString()).isEqualTo("b-2");
        assertThat(lines.get(2).at("/problem/detail").asString()).isEqualTo("subscriberId: is required");
        assertThat(lines.get(3).at("/problem/detail").asString()).isEqualTo("personalizations[3]: is null");
        assertThat(lines.get(5).at("/decisionId")).isEqualTo(lines.get(4).at("/decisionId"));
        assertThat(lines.get(5).at("/repeated").asBoolean()).isTrue();
        assertThat(lines.subList(6, 11))
                .extracting(line -> line.at("/problem/detail").asString())
                .containsExactly(
                        "personalizations[6]: must be an object",
                        "personalizations[7].campaignId: must be a string",
                        "personalizations[8].budgetMillis: must be a whole number of usual size",
                        "personalizations[9].bugdet: is not known here",
                        "personalizations[10].subscriberId: has half of a surrogate pair");
        assertThat(lines.subList(6, 11))
                .allSatisfy(
                        line -> assertThat(line.at("/problem/code").asString()).isEqualTo("invalid-request"));
        assertThat(lines.get(11).has("decisionId")).isTrue();

        JsonNode why = content.post(
                        "/v1/personalizations?explain=true", Map.of("subscriberId", "b-9", "campaignId", "batch"))
                .body()
                .at("/explanation");
        assertThat(why.at("/policy").asString()).isEqualTo("thompson");
        assertThat(why.at("/alternatives").values().stream()
                        .mapToDouble(JsonNode::asDouble)
                        .sum())
                .isCloseTo(1, within(1e-9));
        assertThat(why.at("/scoreParts/0/name").asString()).isEqualTo("traits");
        assertThat(lines.getFirst().has("explanation")).isFalse();
        String explained = content.post("/v1/personalizations/batch?explain=true", """
                {"personalizations": [
                  {"subscriberId": "b-9", "campaignId": "batch"},
                  {"subscriberId": "b-9", "campaignId": "batch", "budgetMillis": 0}]}""")
                .response()
                .body();
        assertThat(explained).contains("\"scoreParts\"", "budgetMillis: 1 to 10000");

        String many = java.util.stream.IntStream.range(0, 501)
                .mapToObj(i -> "{\"subscriberId\": \"m-%d\", \"campaignId\": \"batch\"}".formatted(i))
                .collect(java.util.stream.Collectors.joining(",", "{\"personalizations\": [", "]}"));
        Answer tooMany = content.post("/v1/personalizations/batch", many);
        assertThat(tooMany.status()).isEqualTo(400);
        assertThat(tooMany.text("/errors/0/code")).isEqualTo("too-many");
        assertThat(content.post("/v1/personalizations/batch", "{}").status()).isEqualTo(400);
    }

    @Test
    void aFormIsRefusedAsAMediaType() {
        content.post("/v1/campaigns", campaign("form", 0, 0));
        for (String path : List.of("/v1/personalizations", "/v1/personalizations/batch", "/v1/campaigns/form/runs")) {
            Answer refused = content.post(path, "{}", "Content-Type", "multipart/form-data");
            assertThat(refused.status()).as(path).isEqualTo(415);
            assertThat(refused.text("/code")).as(path).isEqualTo("unsupported-media-type");
        }
    }

    @Test
    void campaignsAreListedPageByPage() {
        for (String id : List.of("list-a", "list-b", "list-c")) {
            content.post("/v1/campaigns", campaign(id, 0, 0));
        }
        List<String> ids = new ArrayList<>();
        String cursor = "list-";
        while (cursor != null) {
            JsonNode page =
                    content.get("/v1/campaigns?limit=2&cursor=" + cursor).body();
            page.at("/campaigns").forEach(each -> ids.add(each.at("/campaignId").asString()));
            cursor = page.has("nextCursor") ? page.at("/nextCursor").asString() : null;
        }
        assertThat(ids).startsWith("list-a", "list-b", "list-c").doesNotHaveDuplicates();
        assertThat(content.get("/v1/campaigns?limit=0").text("/errors/0/field")).isEqualTo("limit");
    }

    @Test
    void defaultsAreAppliedAndBadCampaignsNameTheirFields() {
        Map<String, Object> little = Map.of(
                "campaignId", "little", "name", "L", "language", "es", "variants", List.of(variant("v", "Hola")));
        JsonNode created = content.post("/v1/campaigns", little).body();
        assertThat(created.at("/holdoutShare").asDouble()).isEqualTo(.05);
        assertThat(created.at("/attributionDays").asInt()).isEqualTo(7);
        assertThat(created.at("/immediateFirst").asInt()).isZero();

        Map<String, Object> bad = new HashMap<>(campaign("not an id", .6, -1));
        bad.put("language", "fr");
        bad.put("attributionDays", 91);
        Map<String, Object> withoutText = new HashMap<>(variant("v", "s"));
        withoutText.remove("text");
        Map<String, Object> broken = new HashMap<>(variant("w", "{{ subscriber.a | nope }}"));
        Map<String, Object> noUnsubscribe = new HashMap<>(variant("x", "s"));
        noUnsubscribe.put("html", "<p>no link</p>");
        Map<String, Object> badUrl = new HashMap<>(variant("x", "s"));
        badUrl.put("cta", Map.of("label", "Go", "url", "javascript:alert(1)"));
        bad.put("variants", List.of(withoutText, broken, noUnsubscribe, badUrl));
        Answer refused = content.post("/v1/campaigns", bad);
        assertThat(refused.status()).isEqualTo(400);
        Map<String, String> faults = new HashMap<>();
        refused.body()
                .at("/errors")
                .forEach(fault -> faults.put(
                        fault.at("/field").asString(), fault.at("/detail").asString()));
        assertThat(faults.keySet())
                .containsExactlyInAnyOrder(
                        "campaignId",
                        "language",
                        "attributionDays",
                        "holdoutShare",
                        "immediateFirst",
                        "variants[0].text",
                        "variants[1].subject",
                        "variants[2].html",
                        "variants[3].variantId",
                        "variants[3].cta.url");
        assertThat(faults.get("variants[1].subject")).contains("line 1, column 19");
        assertThat(content.post("/v1/campaigns", Map.of("campaignId", "c", "nope", 1))
                        .status())
                .isEqualTo(400);
        assertThat(content.post("/v1/campaigns", "{\"campaignId\":").text("/code"))
                .isEqualTo("malformed-json");
        Map<String, Object> empty = new HashMap<>(campaign("empty", 0, 0));
        empty.put("variants", List.of());
        assertThat(content.post("/v1/campaigns", empty).text("/errors/0/field")).isEqualTo("variants");
    }

    @Test
    void aNewVersionIsUsedAtOnceAndOldMailsKeepTheirs() {
        content.post("/v1/campaigns", campaign("versions", 0, 0));
        content.put("/v1/campaigns/versions/variants/plain", with(variant("plain", "x"), "live", false));
        Answer before = content.personalize("v-1", "versions", false);
        assertThat(before.text("/content/subject")).isEqualTo("Hello, we saved your seat");
        Answer put = content.put("/v1/campaigns/versions/variants/warm", variant("warm", "Second"));
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.body().at("/variants/0/version").asInt()).isEqualTo(2);
        assertThat(content.personalize("v-1", "versions", false).text("/content/subject"))
                .isEqualTo("Second");
        Answer mail = content.get("/v1/decisions/" + before.text("/decisionId") + "/mail");
        assertThat(mail.text("/subject")).isEqualTo("Hello, we saved your seat");
        content.put("/v1/campaigns/versions/variants/warm", with(variant("warm", "x"), "live", false));
        Answer none = content.personalize("v-1", "versions", false);
        assertThat(none.status()).isEqualTo(409);
        assertThat(none.text("/code")).isEqualTo("no-live-variant");
        assertThat(content.put("/v1/campaigns/none/variants/warm", variant("warm", "x"))
                        .status())
                .isEqualTo(404);
    }

    // The path

    @Test
    void answersWithContentTimeScoreAndPropensity() {
        content.post("/v1/campaigns", campaign("answer", 0, 0));
        content.publish(
                Topic.PROFILE,
                content.profile(
                        "full",
                        1,
                        Map.of(
                                "firstName",
                                "<script>alert(1)</script>",
                                "points",
                                new BigDecimal("12.50"),
                                "email",
                                "a@example.invalid")));
        content.publish(Topic.SCORES, content.scores("full", 1));
        content.publish(Topic.SEND_TIMES, content.sendTimes("full", 1, 17));
        await().atMost(SOON).until(() -> {
            Answer answer = content.personalize("full", "answer", false);
            return answer.body().at("/scores/churn").isObject()
                    && answer.text("/deliveryTime").contains(":00:00Z")
                    && answer.body().at("/personalizationScore").asDouble() > .8;
        });
        Answer answer = content.personalize("full", "answer", false);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("/content/html"))
                .contains("Hi &lt;script&gt;alert(1)&lt;/script&gt;, 12.50 points")
                .contains("https://shop.example/back?wb_decision=" + answer.text("/decisionId"))
                .doesNotContain("<script");
        assertThat(answer.text("/content/cta/label")).isEqualTo("Take a look");
        assertThat(answer.text("/content/ps")).startsWith("P.S. We kept your list, <script>");
        assertThat(answer.body().at("/propensity").asDouble()).isCloseTo(.5, within(1e-6));
        assertThat(answer.text("/variant")).isIn("warm", "plain");
        assertThat(answer.body().at("/scores/value/value").asDouble()).isEqualTo(42.5);
        assertThat(answer.body().at("/fallbacks")).isEmpty();
        assertThat(answer.body().at("/deliverable/consent").asBoolean()).isTrue();
        Instant deliveryTime = Instant.parse(answer.text("/deliveryTime"));
        assertThat(deliveryTime.atZone(java.time.ZoneId.of("Europe/Madrid")).getHour())
                .isEqualTo(17);
        assertThat(answer.body().has("featuresAsOf")).isTrue();
    }

    @Test
    void aTraitThatBlowsUpTheSubjectMakesThePlainMailAsThePreviewShows() {
        Map<String, Object> blown = new HashMap<>(campaign("blown", 0, 0));
        blown.put("variants", List.of(variant("only", "{{ subscriber.nick | default: 'Hello' }}, hi")));
        content.post("/v1/campaigns", blown);
        content.publish(Topic.PROFILE, content.profile("long", 1, Map.of("nick", "x".repeat(1000))));
        await().atMost(SOON)
                .until(() -> content.personalize("long", "blown", false)
                        .body()
                        .at("/fallbacks")
                        .toString()
                        .contains("template-failed"));
        assertThat(content.personalize("long", "blown", false).text("/content/subject"))
                .isEqualTo("Hello, hi");
        JsonNode shown = content.post(
                        "/v1/previews", Map.of("campaignId", "blown", "variantId", "only", "subscriberId", "long"))
                .body();
        assertThat(shown.at("/subject").asString()).isEqualTo("Hello, hi");
        assertThat(shown.at("/plain").asBoolean()).isTrue();
    }

    @Test
    void anUnknownSubscriberGetsDefaultsAndALowScore() {
        content.post("/v1/campaigns", campaign("unknown", 0, 0));
        Answer answer = content.personalize("nobody-knows", "unknown", false);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("/content/text")).startsWith("Hi there\n");
        assertThat(answer.body().at("/personalizationScore").asDouble()).isLessThan(.2);
        assertThat(answer.body().at("/fallbacks/0/why").asString()).isEqualTo("unknown-subscriber");
        assertThat(answer.body().at("/scores")).isEmpty();
    }

    @Test
    void badRequestsAreAnsweredWithTheirField() {
        assertThat(content.personalize("s", "no-such-campaign", false).text("/code"))
                .isEqualTo("unknown-campaign");
        assertThat(content.personalize("s", "no-such-campaign", false).status()).isEqualTo(404);
        assertThat(content.post("/v1/personalizations", Map.of("campaignId", "x"))
                        .text("/errors/0/field"))
                .isEqualTo("subscriberId");
        assertThat(content.personalize("a\u0000b", "x", false).status()).isEqualTo(400);
        assertThat(content.personalize("x".repeat(10_000), "x", false).status()).isEqualTo(400);
        assertThat(content.post("/v1/personalizations", "{\"subscriberId\": {}}")
                        .status())
                .isEqualTo(400);
        assertThat(content.get("/v1/decisions/none").text("/code")).isEqualTo("unknown-decision");
        assertThat(content.get("/v1/decisions/none/mail").status()).isEqualTo(404);
    }

    @Test
    void judgesDraftsByTheirBrief() {
        String brief = DemoBrief.json(LocalDate.ofInstant(content.clock.instant(), ZoneOffset.UTC));
        String draft = """
                {"id": "one", "language": "en", "subject": "Half price today", "html": "<p>Hello</p>", "text": "Hello",
                 "cta": {"label": "Look", "url": "https://evil.example/"}}""";

        Answer verdicts =
                content.post("/v1/drafts/validations", "{\"brief\": %s, \"drafts\": [%s]}".formatted(brief, draft));

        assertThat(verdicts.status()).isEqualTo(200);
        assertThat(verdicts.text("/verdicts/0/id")).isEqualTo("one");
        assertThat(verdicts.text("/verdicts/0/verdict")).isEqualTo("block");
        List<String> codes = new ArrayList<>();
        verdicts.body()
                .at("/verdicts/0/codes")
                .forEach(code -> codes.add(code.path("code").asString()));
        assertThat(codes).contains("discount-outside-brief", "foreign-link", "missing-unsubscribe", "missing-footer");

        Answer refused = content.post("/v1/drafts/validations", "{\"brief\": {}, \"drafts\": [%s]}".formatted(draft));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text("/errors/0/field")).isEqualTo("brief");
        assertThat(refused.text("/detail")).startsWith("brief: is empty");
        assertThat(content.post("/v1/drafts/validations", "{\"brief\": %s}".formatted(brief))
                        .text("/errors/0/field"))
                .isEqualTo("drafts");
    }

    @Test
    void aChangedProfileChangesTheAnswer() {
        content.post("/v1/campaigns", campaign("fresh", 0, 0));
        content.publish(Topic.PROFILE, content.profile("changing", 1, Map.of("firstName", "Ann")));
        await().atMost(SOON)
                .until(() -> content.personalize("changing", "fresh", false)
                        .text("/content/text")
                        .startsWith("Hi Ann"));
        content.publish(Topic.PROFILE, content.profile("changing", 3, Map.of("firstName", "Anna")));
        await().atMost(SOON)
                .until(() -> content.personalize("changing", "fresh", false)
                        .text("/content/text")
                        .startsWith("Hi Anna"));
        // An older version is ignored; what comes after it shows that it has been read.
        content.publish(Topic.PROFILE, content.profile("changing", 2, Map.of("firstName", "Old")));
        content.context.getBean(winback.chassis.events.EventPublisher.class).remove(Topic.SCORES, "changing");
        content.publish(Topic.PROFILE, content.profile("changing", 4, Map.of("firstName", "Anne")));
        Set<String> greetings = new HashSet<>();
        await().atMost(SOON).until(() -> {
            String greeting = content.personalize("changing", "fresh", false).text("/content/text");
            greetings.add(greeting.substring(0, greeting.indexOf('\n')));
            return greeting.startsWith("Hi Anne");
        });
        assertThat(greetings).doesNotContain("Hi Old");
        content.context.getBean(winback.chassis.events.EventPublisher.class).remove(Topic.PROFILE, "changing");
        await().atMost(SOON)
                .until(() -> content.personalize("changing", "fresh", false)
                        .text("/fallbacks/0/why")
                        .equals("unknown-subscriber"));
    }

    @Test
    void valuesOlderThanADayAreNotUsed() {
        content.post("/v1/campaigns", campaign("stale", 0, 0));
        content.publish(Topic.PROFILE, content.profile("stale", 1, Map.of("firstName", "Ann")));
        content.publish(Topic.SCORES, content.scores("stale", 1));
        await().atMost(SOON)
                .until(() -> content.personalize("stale", "stale", false)
                        .body()
                        .at("/scores/churn")
                        .isObject());
        content.clock.advance(Duration.ofHours(25));
        Answer answer = content.personalize("stale", "stale", false);
        assertThat(answer.body().at("/fallbacks").toString())
                .isEqualTo("[{\"stage\":\"features\",\"used\":\"none\",\"why\":\"stale\"},"
                        + "{\"stage\":\"scores\",\"used\":\"none\",\"why\":\"stale\"},"
                        + "{\"stage\":\"send-time\",\"used\":\"population\",\"why\":\"unknown\"}]");
        assertThat(answer.body().at("/scores")).isEmpty();
        assertThat(answer.body().has("featuresAsOf")).isFalse();
        assertThat(answer.text("/content/text")).startsWith("Hi Ann");
    }

    @Test
    void theHoldOutIsStickyRecordedAndNeverDelivered() {
        content.post("/v1/campaigns", campaign("held", .5, 0));
        Map<String, Boolean> held = new HashMap<>();
        String heldDecision = "";
        for (int i = 0; i < 200; i++) {
            Answer answer = content.personalize("h-" + i, "held", true);
            held.put("h-" + i, answer.body().at("/holdout").asBoolean());
            if (answer.body().at("/holdout").asBoolean()) {
                assertThat(answer.body().has("content")).isFalse();
                assertThat(answer.body().has("deliveryTime")).isFalse();
                assertThat(answer.body().at("/propensity").asDouble()).isEqualTo(1);
                heldDecision = answer.text("/decisionId");
            }
        }
        assertThat(held.values().stream().filter(each -> each).count()).isBetween(65L, 135L);
        held.forEach((id, was) -> assertThat(content.personalize(id, "held", false)
                        .body()
                        .at("/holdout")
                        .asBoolean())
                .isEqualTo(was));
        String heldOut = held.entrySet().stream()
                .filter(Map.Entry::getValue)
                .findFirst()
                .orElseThrow()
                .getKey();
        assertThat(content.post(
                                "/v1/personalizations?explain=true",
                                Map.of("subscriberId", heldOut, "campaignId", "held"))
                        .body()
                        .at("/explanation/holdoutShare")
                        .asDouble())
                .isEqualTo(.5);
        String recorded = heldDecision;
        await().atMost(SOON)
                .until(() ->
                        count("SELECT count(*) FROM decision WHERE decision_id = '" + recorded + "' AND holdout") == 1);
        assertThat(content.get("/v1/decisions/" + recorded)
                        .body()
                        .at("/holdout")
                        .asBoolean())
                .isTrue();
        Answer mail = content.get("/v1/decisions/" + recorded + "/mail");
        assertThat(mail.status()).isEqualTo(404);
        assertThat(mail.text("/code")).isEqualTo("no-mail");
    }

    @Test
    void aRepeatedDeliveryGivesTheFirstDecisionUntilItIsRefusedOrItsWindowHasPassed() {
        content.post("/v1/campaigns", campaign("once", 0, 0));
        Answer first = content.personalize("o-1", "once", true);
        assertThat(first.body().at("/repeated").asBoolean()).isFalse();
        for (int i = 0; i < 5; i++) {
            Answer again = content.personalize("o-1", "once", true);
            assertThat(again.text("/decisionId")).isEqualTo(first.text("/decisionId"));
            assertThat(again.body().at("/content")).isEqualTo(first.body().at("/content"));
            assertThat(again.body().at("/repeated").asBoolean()).isTrue();
        }
        assertThat(content.personalize("o-1", "once", false).text("/decisionId"))
                .isNotEqualTo(first.text("/decisionId"));

        content.publish(
                Topic.DELIVERIES,
                new DeliveryRefused(
                        "d-1", first.text("/decisionId"), "o-1", "once", content.clock.instant(), "no-consent"));
        await().atMost(SOON)
                .until(() -> !content.personalize("o-1", "once", true)
                        .text("/decisionId")
                        .equals(first.text("/decisionId")));
        Answer second = content.personalize("o-1", "once", true);
        content.clock.advance(Duration.ofDays(7));
        assertThat(content.personalize("o-1", "once", true).text("/decisionId")).isEqualTo(second.text("/decisionId"));
        content.clock.advance(Duration.ofDays(2));
        assertThat(content.personalize("o-1", "once", true).text("/decisionId"))
                .isNotEqualTo(second.text("/decisionId"));
    }

    @Test
    void manyAtOnceGetOneDelivery() throws Exception {
        content.post("/v1/campaigns", campaign("race", 0, 0));
        Set<String> ids = ConcurrentHashMap.newKeySet();
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            for (int i = 0; i < 64; i++) {
                threads.submit(
                        () -> ids.add(content.personalize("racer", "race", true).text("/decisionId")));
            }
        }
        assertThat(ids).hasSize(1);
        await().atMost(SOON).until(() -> count("SELECT count(*) FROM decision WHERE campaign_id = 'race'") == 1);
    }

    @Test
    void onlyTheFirstFewOfACampaignGoAtOnce() {
        content.post("/v1/campaigns", campaign("rush", 0, 3));
        List<ProfileChanged> profiles = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            profiles.add(content.profile("rush-" + i, 1, Map.of("email", "rush-" + i + "@example.invalid")));
        }
        content.publish(Topic.PROFILE, profiles);
        for (int i = 0; i < 10; i++) {
            String id = "rush-" + i;
            await().atMost(SOON)
                    .until(() -> content.personalize(id, "rush", false).body().has("featuresAsOf"));
        }
        assertThat(content.personalize("rush-0", "rush", false)
                        .body()
                        .at("/immediate")
                        .asBoolean())
                .isFalse();
        // Whom delivery would refuse takes nobody's place, and is told so.
        content.publish(Topic.PROFILE, content.profile("rush-no", 1, Map.of("email", "rush-no@example.invalid")));
        content.publish(Topic.SEND_TIMES, content.sendTimes("rush-no", 1, 10, true));
        await().atMost(SOON)
                .until(() -> content.personalize("rush-no", "rush", false)
                        .body()
                        .at("/deliverable")
                        .toString()
                        .equals("{\"consent\":true,\"address\":true,\"suppressed\":true}"));
        Answer suppressed = content.personalize("rush-no", "rush", true);
        assertThat(suppressed.body().at("/immediate").asBoolean()).isFalse();
        assertThat(suppressed.body().at("/fallbacks").toString())
                .contains("{\"stage\":\"delivery\",\"used\":\"none\",\"why\":\"suppressed\"}");
        Answer refused = content.personalize("rush-nobody", "rush", true);
        assertThat(refused.body().at("/immediate").asBoolean()).isFalse();
        assertThat(refused.body().at("/fallbacks").toString()).contains("no-consent");
        int immediate = 0;
        for (int i = 0; i < 10; i++) {
            Answer answer = content.personalize("rush-" + i, "rush", true);
            immediate += answer.body().at("/immediate").asBoolean() ? 1 : 0;
        }
        assertThat(immediate).isEqualTo(3);
    }

    @Test
    void aMailIsRenderedAgainByteForByte(@TempDir Path journal) {
        content.post("/v1/campaigns", campaign("again", 0, 0));
        Map<String, @Nullable Object> traits = Map.of("firstName", "Zoë 🎁 <b>", "points", new BigDecimal("1E+3"));
        content.publish(Topic.PROFILE, content.profile("again", 1, traits));
        await().atMost(SOON)
                .until(() -> content.personalize("again", "again", false)
                        .text("/content/text")
                        .contains("Zoë"));
        Answer answer = content.personalize("again", "again", true);
        String id = answer.text("/decisionId");
        Answer early = content.get("/v1/decisions/" + id + "/mail");
        await().atMost(SOON).until(() -> count("SELECT count(*) FROM decision WHERE decision_id = '" + id + "'") == 1);
        // A service that has seen nothing of it but the database and the topics.
        try (RunningContent other =
                new RunningContent(infra, "--winback.decisions.recent=1MB", "--winback.journal.dir=" + journal)) {
            await().atMost(Duration.ofSeconds(20)).until(other::isReady);
            Answer late = other.get("/v1/decisions/" + id + "/mail");
            assertThat(late.body()).isEqualTo(early.body());
            for (String part : List.of("subject", "preheader", "html", "text")) {
                assertThat(late.text("/" + part).getBytes(StandardCharsets.UTF_8))
                        .isEqualTo(answer.text("/content/" + part).getBytes(StandardCharsets.UTF_8));
            }
            assertThat(late.text("/html")).contains("Zoë 🎁 &lt;b&gt;");
            assertThat(other.personalize("again", "again", true).text("/decisionId"))
                    .isEqualTo(id);
        }
    }

    // Learning

    @Test
    void aClickCountsOnceAndTheVariantThatEarnsItIsChosenMoreOften() {
        content.post("/v1/campaigns", campaign("learn", 0, 0));
        List<ActivityApplied> feedback = new ArrayList<>();
        int warm = 0;
        for (int i = 0; i < 60; i++) {
            Answer answer = content.personalize("l-" + i, "learn", false);
            String id = answer.text("/decisionId");
            feedback.add(activity("l-" + i, "Email Delivered", id, false));
            feedback.add(activity("l-" + i, "Email Opened", id, true));
            if (answer.text("/variant").equals("warm")) {
                warm++;
                feedback.add(activity("l-" + i, "Email Link Clicked", id, false));
                feedback.add(activity("l-" + i, "Order Completed", id, false));
            } else {
                feedback.add(activity("l-" + i, "Email Link Clicked", id, true));
            }
        }
        content.publish(Topic.FEEDBACK, feedback);
        content.publish(Topic.FEEDBACK, feedback);
        await().atMost(SOON).until(() -> exposures("learn", 0) + exposures("learn", 1) == 60);
        JsonNode campaign = content.get("/v1/campaigns/learn").body();
        assertThat(exposures("learn", 0)).isEqualTo(warm);
        assertThat(campaign.at("/variants/0/successes").asInt()).isEqualTo(warm);
        assertThat(campaign.at("/variants/1/successes").asInt()).isZero();
        assertThat(campaign.at("/variants/0/probability").asDouble()).isGreaterThan(.95);
    }

    @Test
    void saysAtOnceWhatDeliveryWillRefuse() {
        content.post("/v1/campaigns", campaign("refused", 0, 0));
        content.publish(
                Topic.PROFILE,
                new ProfileChanged(
                        "silent",
                        1,
                        content.clock.instant(),
                        "lapsed",
                        null,
                        "schema",
                        new float[3],
                        new float[12][2],
                        Map.of("firstName", "Ann"),
                        List.of(),
                        null,
                        null));
        await().atMost(SOON)
                .until(() -> content.personalize("silent", "refused", false)
                        .text("/content/text")
                        .startsWith("Hi Ann"));

        assertThat(content.personalize("silent", "refused", true)
                        .body()
                        .path("fallbacks")
                        .toString())
                .contains("{\"stage\":\"delivery\",\"used\":\"none\",\"why\":\"no-consent\"}", "no-address");
        assertThat(content.personalize("silent", "refused", false)
                        .body()
                        .path("fallbacks")
                        .toString())
                .doesNotContain("delivery");
    }

    @Test
    void whatIsNoAnswerToAQuestionIsNotGuessed() {
        content.post("/v1/campaigns", campaign("strict", 0, 0));
        String one = "{\"subscriberId\": \"s\", \"campaignId\": \"strict\", %s}";
        for (String wrong : List.of("\"deliver\": 1", "\"deliver\": \"true\"", "\"budgetMillis\": \"5\"")) {
            assertThat(content.post("/v1/personalizations", one.formatted(wrong))
                            .status())
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(content.post("/v1/personalizations", "{\"subscriberId\": \"a\\ud800b\", \"campaignId\": \"strict\"}")
                        .text("/errors/0/field"))
                .isEqualTo("subscriberId");
        assertThat(content.post("/v1/campaigns/strict/runs", "{\"audience\": {\"lifecycle\": []}, \"dryRun\": true}")
                        .text("/errors/0/field"))
                .isEqualTo("audience.lifecycle");
        assertThat(content.post(
                                "/v1/campaigns/strict/runs",
                                "{\"audience\": {\"traits\": {\"city\": [\"\\ud800\"]}}, \"dryRun\": true}")
                        .text("/errors/0/field"))
                .isEqualTo("audience.traits.city[0]");
        assertThat(content.get("/v1/campaigns/nope/runs").status()).isEqualTo(404);
        String half =
                JsonMapper.shared().writeValueAsString(campaign("whole", 0, 0)).replace("Spring", "\\ud800");
        assertThat(content.post("/v1/campaigns", half).text("/errors/0/field")).isEqualTo("name");
        for (String path : List.of("/v1/personalizations", "/v1/personalizations/batch", "/v1/campaigns")) {
            assertThat(content.post(path, "{}", "Content-Type", "*/*").status())
                    .as(path)
                    .isEqualTo(415);
        }
        for (String part : List.of("subscriberId", "traits")) {
            assertThat(content.post(
                                    "/v1/previews",
                                    "{\"campaignId\": \"strict\", \"variantId\": \"a\", \"%s\": %s}"
                                            .formatted(
                                                    part,
                                                    part.equals("traits") ? "{\"a\": \"\\ud800\"}" : "\"\\ud800\""))
                            .text("/errors/0/field"))
                    .startsWith(part);
        }
        List<JsonNode> lines = content.post("/v1/personalizations/batch", """
                {"personalizations": [{"subscriberId": "\\ud800", "campaignId": "strict"},
                  {"subscriberId": "s", "campaignId": "strict"}]}""")
                .response()
                .body()
                .lines()
                .map(JsonMapper.shared()::readTree)
                .toList();
        assertThat(lines.get(0).at("/problem/code").asString()).isEqualTo("invalid-request");
        assertThat(lines.get(1).has("decisionId")).isTrue();
        assertThat(content.post(
                                "/v1/personalizations?explain=yes",
                                "{\"subscriberId\": \"s\", \"campaignId\": \"strict\"}")
                        .text("/errors/0/field"))
                .isEqualTo("explain");
        assertThat(content.post(
                                "/v1/campaigns/strict/runs",
                                "{\"audience\": {\"scores\": {\"churn\": {\"min\": 2}}}, \"dryRun\": true}")
                        .text("/errors/0/field"))
                .isEqualTo("audience.scores.churn");
        assertThat(content.post("/v1/campaigns/strict/runs", "{\"audience\": {\"cap\": 20}}", "Idempotency-Key", "k-1")
                        .status())
                .isEqualTo(202);
        assertThat(content.post("/v1/campaigns/strict/runs", "{\"audience\": {\"cap\": 21}}", "Idempotency-Key", "k-1")
                        .text("/code"))
                .isEqualTo("idempotency-key-reused");
        assertThat(content.post("/v1/campaigns/strict/runs", "{\"audience\": {\"cap\": 20}}", "Idempotency-Key", "k-1")
                        .status())
                .isEqualTo(202);
    }

    @Test
    void learnsWhatWorksForEachKindOfReader() {
        content.post("/v1/campaigns", campaign("readers", 0, 0));
        List<ProfileChanged> profiles = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            profiles.add(content.profile("r-" + i, 1, Map.of(), i % 2 == 0 ? "bargain" : "careful"));
        }
        content.publish(Topic.PROFILE, profiles);
        await().atMost(SOON)
                .until(() ->
                        content.personalize("r-199", "readers", false).body().has("featuresAsOf"));
        List<ActivityApplied> feedback = new ArrayList<>();
        int cells = 0;
        for (int i = 0; i < 200; i++) {
            Answer answer = content.personalize("r-" + i, "readers", false);
            String id = answer.text("/decisionId");
            feedback.add(activity("r-" + i, "Email Opened", id, true));
            if (answer.text("/variant").equals(i % 2 == 0 ? "warm" : "plain")) {
                feedback.add(activity("r-" + i, "Email Link Clicked", id, false));
                cells++;
            }
        }
        content.publish(Topic.FEEDBACK, feedback);
        await().atMost(SOON).until(() -> exposures("readers", 0) + exposures("readers", 1) == 200);
        assertThat(count("SELECT sum(successes) FROM variant_reader WHERE campaign_id = 'readers'"))
                .isEqualTo(cells);

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(chance("r-0", "readers", "warm")).isGreaterThan(.9);
            assertThat(chance("r-1", "readers", "plain")).isGreaterThan(.9);
        });
        JsonNode reasons = content.post(
                        "/v1/personalizations?explain=true", Map.of("subscriberId", "r-0", "campaignId", "readers"))
                .body()
                .path("explanation");
        assertThat(reasons.path("reader").asString()).isEqualTo("lapsed/bargain");
        assertThat(reasons.at("/alternatives/warm").asDouble())
                .isGreaterThan(reasons.at("/forEverybody/warm").asDouble());
        assertThat(reasons.path("movedBy").toString())
                .isEqualTo("{\"lifecycle\":\"lapsed\",\"disposition\":\"bargain\"}");
        // Of whom nothing is known, what everybody said counts.
        assertThat(chance("nobody", "readers", "warm")).isBetween(.02, .98);
        String decision = content.personalize("r-0", "readers", false).text("/decisionId");
        await().atMost(SOON)
                .until(() ->
                        content.get("/v1/decisions/" + decision).text("/reader").equals("lapsed/bargain"));
    }

    @Test
    void itsCallsAreDescribed() {
        Answer api = content.get("/v3/api-docs");
        assertThat(api.status()).isEqualTo(200);
        assertThat(api.body().path("paths").has("/v1/personalizations")).isTrue();
        assertThat(api.body().path("paths").has("/v1/campaigns/{campaignId}/drafts"))
                .isTrue();

        String runs = "/v1/campaigns/{campaignId}/runs";
        String batch = "/v1/personalizations/batch";
        assertThat(requestSchema(api, "/v1/personalizations"))
                .containsExactlyInAnyOrder("subscriberId", "campaignId", "deliver", "budgetMillis");
        assertThat(requestSchema(api, batch)).containsExactly("personalizations");
        assertThat(requestSchema(api, runs)).containsExactlyInAnyOrder("audience", "dryRun");
        assertThat(requestSchema(api, "/v1/previews")).contains("draftId", "traits");
        assertThat(api.body().at("/components/schemas/BatchRequest/properties/personalizations/items/$ref"))
                .isEqualTo(requestBody(api, "/v1/personalizations").at("/content/application~1json/schema/$ref"));
        JsonNode answers = api.body().path("paths").path(runs).at("/post/responses");
        assertThat(schema(api, answers.at("/202/content"))).contains("runId", "counts");
        assertThat(schema(api, answers.at("/200/content"))).contains("mails", "sample");
        for (String made : List.of("/v1/campaigns", "/v1/campaigns/{campaignId}/drafts")) {
            assertThat(api.body().path("paths").path(made).at("/post/responses").propertyNames())
                    .as(made)
                    .contains("201")
                    .doesNotContain("200");
        }
        JsonNode lines = api.body().path("paths").path(batch).at("/post/responses/200/content");
        assertThat(lines.propertyNames()).containsExactly("application/x-ndjson");
        assertThat(lines.at("/application~1x-ndjson/schema/oneOf"))
                .extracting(line -> line.path("$ref").asString())
                .containsExactly("#/components/schemas/PersonalizationAnswer", "#/components/schemas/BatchFailed");
        JsonNode schemas = api.body().at("/components/schemas");
        assertThat(schemas.at("/PersonalizationAnswer/properties").propertyNames())
                .contains("decisionId", "content");
        assertThat(schemas.at("/PersonalizationRequest/required"))
                .extracting(JsonNode::asString)
                .containsExactlyInAnyOrder("subscriberId", "campaignId");
        assertThat(schemas.at("/BatchFailed/required"))
                .extracting(JsonNode::asString)
                .containsExactly("problem");
        assertThat(api.body().toString()).doesNotContain("*/*");
        assertThat(api.body()
                        .at("/paths/~1v1~1previews/post/responses/200/content")
                        .propertyNames())
                .containsExactlyInAnyOrder("application/json", "image/png");
    }

    private static JsonNode requestBody(Answer api, String path) {
        return api.body().path("paths").path(path).at("/post/requestBody");
    }

    private static Collection<String> requestSchema(Answer api, String path) {
        return schema(api, requestBody(api, path).path("content"));
    }

    /** The names of the properties of a body, of whichever media type. */
    private static Collection<String> schema(Answer api, JsonNode content) {
        String ref = content.iterator().next().at("/schema/$ref").asString();
        return api.body().at(ref.substring(1) + "/properties").propertyNames();
    }

    @Test
    void theAlertsOnThePathAskForMetricsThatThereAre() throws IOException {
        String rules = Files.readString(Path.of("../docs/deploy/alerts.yml"));
        String path = rules.substring(rules.indexOf("- name: winback-path"), rules.indexOf("- name: winback-events"));
        content.personalize("anybody", "nowhere", false);
        List<String> names = content.get("/actuator/prometheus")
                .response()
                .body()
                .lines()
                .map(line -> line.split("[{ ]", 2)[0])
                .toList();
        List<String> asked = Pattern.compile("\\b(?:winback|http_server)_\\w+")
                .matcher(path)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
        assertThat(asked).hasSizeGreaterThan(8);
        assertThat(names).containsAll(asked);
    }

    @Test
    void aCampaignThatCannotBeReadSpoilsNoOther() {
        content.post("/v1/campaigns", campaign("broken", 0, 0));
        JdbcClient db = content.context.getBean(JdbcClient.class);
        Campaigns campaigns = content.context.getBean(Campaigns.class);
        Gauge unreadable = content.context
                .getBean(MeterRegistry.class)
                .get("winback.campaigns.unreadable")
                .gauge();
        db.sql("""
                        INSERT INTO variant_version SELECT campaign_id, variant_id, 9, subject, preheader, '{% if', text, cta_label,
                          cta_url, ps, created_at
                        FROM variant_version WHERE campaign_id = 'broken' AND variant_id = 'warm'
                        """).update();
        db.sql("UPDATE campaign SET revision = nextval('campaign_revision') WHERE campaign_id = 'broken'")
                .update();
        campaigns.refresh();

        assertThat(unreadable.value()).isOne();
        assertThat(content.personalize("somebody", "broken", false).status()).isEqualTo(200);
        assertThat(content.post("/v1/campaigns", campaign("sound", 0, 0)).status())
                .isEqualTo(201);
        assertThat(content.personalize("somebody", "sound", false).status()).isEqualTo(200);

        db.sql("DELETE FROM variant_version WHERE campaign_id = 'broken' AND version = 9")
                .update();
        campaigns.refresh();
        assertThat(unreadable.value()).isZero();
    }

    /** With which this variant is drawn for this subscriber. */
    private static double chance(String subscriber, String campaign, String variant) {
        Answer answer = content.personalize(subscriber, campaign, false);
        double propensity = answer.body().at("/propensity").asDouble();
        return answer.text("/variant").equals(variant) ? propensity : 1 - propensity;
    }

    @Test
    void feedbackMayComeBeforeItsDecision() {
        content.post("/v1/campaigns", campaign("early", 0, 0));
        content.publish(Topic.FEEDBACK, activity("e-1", "Email Link Clicked", "early-decision", false));
        await().atMost(SOON)
                .until(() -> count("SELECT count(*) FROM outcome WHERE decision_id = 'early-decision' AND NOT settled")
                        == 1);
        assertThat(exposures("early", 0)).isZero();
        content.publish(Topic.DECISIONS, decision("early-decision", "e-1", "early", "warm"));
        await().atMost(SOON).until(() -> exposures("early", 0) == 1);
        assertThat(content.get("/v1/campaigns/early")
                        .body()
                        .at("/variants/0/successes")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void anOrderGoesToTheLastExposedDecisionWithinTheWindow() {
        content.post("/v1/campaigns", campaign("orders", 0, 0));
        Instant now = content.clock.instant();
        content.publish(
                Topic.DECISIONS,
                decision("ord-1", "buyer", "orders", "warm"),
                decision("ord-2", "buyer", "orders", "plain"),
                decision("ord-3", "late-buyer", "orders", "warm"));
        content.publish(
                Topic.DELIVERIES,
                due("ord-1", "buyer", "orders", now.minus(Duration.ofDays(3))),
                due("ord-2", "buyer", "orders", now.minus(Duration.ofDays(1))),
                due("ord-3", "late-buyer", "orders", now.minus(Duration.ofDays(8))));
        content.publish(
                Topic.FEEDBACK,
                activity("buyer", "Order Completed", null, false),
                activity("late-buyer", "Order Completed", null, false));
        await().atMost(SOON)
                .until(() -> content.get("/v1/campaigns/orders")
                                        .body()
                                        .at("/variants/1/successes")
                                        .asInt()
                                == 1
                        && exposures("orders", 0) == 2);
        assertThat(content.get("/v1/campaigns/orders")
                        .body()
                        .at("/variants/0/successes")
                        .asInt())
                .isZero();
        assertThat(content.get("/v1/decisions/ord-2").body().has("succeededAt")).isTrue();
    }

    @Test
    void anOrderThatIsReadBeforeItsMailWasDueStillCounts() {
        content.post("/v1/campaigns", campaign("overtaken", 0, 0));
        content.publish(Topic.DECISIONS, decision("ov-1", "fast", "overtaken", "warm"));
        content.publish(Topic.FEEDBACK, activity("fast", "Order Completed", null, false));
        await().atMost(SOON)
                .until(() -> count("SELECT count(*) FROM unattributed_order WHERE subscriber_id = 'fast'") == 1);
        content.publish(
                Topic.DELIVERIES,
                new DeliveryScheduled(
                        "x",
                        "ov-1",
                        "fast",
                        "overtaken",
                        content.clock.instant(),
                        content.clock.instant(),
                        "immediate"),
                due("ov-1", "fast", "overtaken", content.clock.instant().minus(Duration.ofMinutes(1))));
        await().atMost(SOON)
                .until(() -> content.get("/v1/campaigns/overtaken")
                                .body()
                                .at("/variants/0/successes")
                                .asInt()
                        == 1);
    }

    @Test
    void poisonIsSkippedAndWhatFollowsIsRead() {
        content.post("/v1/campaigns", campaign("poison", 0, 0));
        KafkaTemplate<String, byte[]> kafka = template();
        for (Topic topic : List.of(Topic.PROFILE, Topic.DECISIONS, Topic.DELIVERIES, Topic.FEEDBACK)) {
            String name = infra.topicPrefix() + topic.wireName();
            ProducerRecord<String, byte[]> broken =
                    new ProducerRecord<>(name, "poisoned", "{not json".getBytes(StandardCharsets.UTF_8));
            broken.headers().add("ce_type", "winback.profile.changed.v1".getBytes(StandardCharsets.UTF_8));
            kafka.send(broken).join();
            kafka.send(new ProducerRecord<>(name, "poisoned", new byte[] {1, 2, 3}))
                    .join();
        }
        content.publish(Topic.PROFILE, content.profile("poisoned", 1, Map.of("firstName", "Ann")));
        await().atMost(SOON)
                .until(() -> content.personalize("poisoned", "poison", true)
                        .text("/content/text")
                        .startsWith("Hi "));
        await().atMost(SOON)
                .until(() -> content.personalize("poisoned", "poison", false)
                        .text("/content/text")
                        .startsWith("Hi Ann"));
        content.publish(Topic.DECISIONS, decision("po-1", "poisoned", "poison", "warm"));
        content.publish(Topic.FEEDBACK, activity("poisoned", "Email Link Clicked", "po-1", false));
        await().atMost(SOON).until(() -> exposures("poison", 0) >= 1);
        assertThat(gauge("winback_cache_skipped_total{topic=\"winback.profile\"}"))
                .isEqualTo(2);
    }

    @Test
    void metricsAreThereWithoutPersonalLabels() {
        content.post("/v1/campaigns", campaign("metrics", 0, 0));
        content.personalize("m-1", "metrics", false);
        String scraped = content.get("/actuator/prometheus").response().body();
        assertThat(scraped)
                .contains("winback_personalization_seconds_bucket")
                .contains("winback_decisions_total{policy=\"thompson\"}")
                .contains("winback_decisions_total{policy=\"holdout\"}")
                .contains("winback_cache_subscribers")
                .contains("winback_cache_lag")
                .contains("winback_rewards_total{kind=\"success\"}")
                .doesNotContain("m-1");
    }

    // Means

    private static Map<String, Object> with(Map<String, Object> object, String name, Object value) {
        Map<String, Object> changed = new HashMap<>(object);
        changed.put(name, value);
        return changed;
    }

    private static int exposures(String campaignId, int variant) {
        return content.get("/v1/campaigns/" + campaignId)
                .body()
                .at("/variants/" + variant + "/exposures")
                .asInt();
    }

    private static long count(String sql) {
        return content.context
                .getBean(JdbcClient.class)
                .sql(sql)
                .query(Long.class)
                .single();
    }

    private static double gauge(String name) {
        return content.get("/actuator/prometheus")
                .response()
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @SuppressWarnings("unchecked")
    private static KafkaTemplate<String, byte[]> template() {
        return content.context.getBean(KafkaTemplate.class);
    }

    private static ActivityApplied activity(
            String subscriberId, String name, @Nullable String decisionId, boolean machine) {
        boolean order = name.equals("Order Completed");
        return new ActivityApplied(
                "t:" + subscriberId + name + decisionId,
                subscriberId,
                ActivityType.TRACK,
                name,
                content.clock.instant(),
                TimePrecision.INSTANT,
                machine,
                machine ? "sender-says-so" : null,
                decisionId,
                order ? "o-" + subscriberId : null,
                order ? new BigDecimal("20.00") : null,
                order ? "EUR" : null,
                null);
    }

    private static DeliveryDue due(String decisionId, String subscriberId, String campaignId, Instant at) {
        return new DeliveryDue(
                "delivery-" + decisionId,
                decisionId,
                subscriberId,
                campaignId,
                "warm",
                "a@example.invalid",
                at,
                new DeliveryDue.Mail("s", "", "<p>", "t"));
    }

    private static ContentDecided decision(String id, String subscriberId, String campaignId, String variantId) {
        return new ContentDecided(
                id,
                subscriberId,
                campaignId,
                false,
                variantId,
                1,
                .5,
                Map.of("warm", .5, "plain", .5),
                "thompson",
                true,
                false,
                content.clock.instant(),
                null,
                content.clock.instant(),
                .5,
                Map.of("subscriber", Map.of(), "campaign", Map.of("id", campaignId)),
                null,
                null);
    }
}
