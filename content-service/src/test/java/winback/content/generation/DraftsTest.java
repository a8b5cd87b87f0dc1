package winback.content.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import winback.content.RunningContent;
import winback.content.RunningContent.Answer;
import winback.content.brief.DemoBrief;
import winback.content.drafts.Letter;
import winback.infrastructure.junit.Infrastructure;

class DraftsTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration SOON = Duration.ofSeconds(60);

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    private static RunningContent content;

    @BeforeAll
    static void start() {
        content = new RunningContent(infra, "--winback.drafts.judge-every=200ms");
        await().atMost(SOON).until(content::isReady);
    }

    @AfterAll
    static void stop() {
        content.close();
    }

    @AfterEach
    void today() {
        content.clock.reset();
    }

    private static ObjectNode brief(String campaignId) {
        LocalDate today = LocalDate.ofInstant(content.clock.instant(), ZoneOffset.UTC);
        ObjectNode brief = (ObjectNode) JSON.readTree(DemoBrief.json(today));
        return brief.put("campaignId", campaignId);
    }

    private static ObjectNode byPolicy(ObjectNode brief, int mostLive) {
        brief.putObject("approval").put("by", "policy").put("leastRubric", 90).put("mostLive", mostLive);
        return brief;
    }

    private static Answer create(String campaignId, JsonNode brief) {
        return content.post(
                "/v1/campaigns",
                JSON.createObjectNode()
                        .put("campaignId", campaignId)
                        .put("name", campaignId)
                        .put("language", "en")
                        .put("holdoutShare", 0)
                        .set("brief", brief));
    }

    private static JsonNode generate(String campaignId, String request) {
        Answer accepted = content.post("/v1/campaigns/" + campaignId + "/generations", request);
        assertThat(accepted.status()).as(accepted.response().body()).isEqualTo(202);
        String location = accepted.response().headers().firstValue("Location").orElseThrow();
        await().atMost(SOON).until(() -> !content.get(location).text("/state").equals("running"));
        return content.get(location).body();
    }

    private static List<JsonNode> drafts(String campaignId, String state) {
        List<JsonNode> drafts = new ArrayList<>();
        content.get("/v1/campaigns/" + campaignId + "/drafts?limit=500&state=" + state)
                .body()
                .path("drafts")
                .forEach(drafts::add);
        return drafts;
    }

    private static List<String> ids(List<JsonNode> drafts) {
        return drafts.stream().map(draft -> draft.path("draftId").asString()).toList();
    }

    private static Answer move(String campaignId, String to, List<String> ids) {
        return content.post(
                "/v1/campaigns/" + campaignId + "/drafts/moves",
                Map.of("to", to, "drafts", ids, "by", "Marta", "reason", "looked at it"));
    }

    private static JdbcClient db() {
        return content.context.getBean(JdbcClient.class);
    }

    @Test
    void aDraftGoesFromTheGateToAPersonToSubscribersAndOut() {
        assertThat(create("by-hand", brief("by-hand")).status()).isEqualTo(201);
        assertThat(content.personalize("somebody", "by-hand", false).text("/code"))
                .isEqualTo("no-live-variant");

        JsonNode generation = generate("by-hand", "{\"count\": 12}");
        assertThat(generation.path("state").asString()).isEqualTo("completed");
        assertThat(generation.path("passed").asInt()).isEqualTo(12);
        assertThat(drafts("by-hand", "gated").size()).isEqualTo(12);
        assertThat(content.personalize("somebody", "by-hand", false).text("/code"))
                .isEqualTo("no-live-variant");

        String id = ids(drafts("by-hand", "gated")).getFirst();
        assertThat(move("by-hand", "approved", List.of(id)).text("/drafts/0/state"))
                .isEqualTo("approved");
        assertThat(content.personalize("somebody", "by-hand", false).text("/code"))
                .isEqualTo("no-live-variant");

        assertThat(move("by-hand", "live", List.of(id, "nobody")).text("/drafts/0/state"))
                .isEqualTo("live");
        Answer served = content.personalize("somebody", "by-hand", false);
        assertThat(served.text("/variant")).isEqualTo(id);
        JsonNode draft = content.get("/v1/campaigns/by-hand/drafts/" + id).body();
        assertThat(draft.path("approvedBy").asString()).isEqualTo("Marta");
        assertThat(draft.path("attributes").path("strategy").asString()).isNotEmpty();
        List<String> states = new ArrayList<>();
        draft.path("steps").forEach(step -> states.add(step.path("state").asString()));
        assertThat(states).containsExactly("draft", "gated", "approved", "live");

        assertThat(move("by-hand", "retired", List.of(id)).text("/drafts/0/state"))
                .isEqualTo("retired");
        assertThat(content.personalize("somebody", "by-hand", false).text("/code"))
                .isEqualTo("no-live-variant");
        assertThat(move("by-hand", "live", List.of(id)).text("/drafts/0/code")).isEqualTo("draft-retired");
    }

    @Test
    void furtherGenerationsWriteOthers() {
        create("twice", brief("twice"));
        generate("twice", "{\"count\": 30}");
        generate("twice", "{\"count\": 30}");

        Set<String> subjects = drafts("twice", "gated").stream()
                .map(draft -> Letter.unnamed(draft.path("subject").asString()))
                .collect(Collectors.toSet());
        assertThat(drafts("twice", "gated").size()).isGreaterThan(45);
        assertThat(subjects.size()).isEqualTo(drafts("twice", "gated").size());
    }

    @Test
    void aBriefThatIsSaidToTheEndSaysSo() {
        ObjectNode brief = brief("said");
        brief.putArray("products");
        brief.putArray("offers");
        ArrayNode facts = (ArrayNode) brief.path("facts");
        while (facts.size() > 1) {
            facts.remove(1);
        }
        assertThat(create("said", brief).status()).isEqualTo(201);

        JsonNode generation = generate("said", "{\"count\": 100}");
        assertThat(generation.path("passed").asInt()).isPositive().isLessThan(100);
        assertThat(generation.path("reason").asString())
                .startsWith(generation.path("passed").asInt() + " of 100 mails passed")
                .contains("no more to speak of")
                .doesNotContain("blocked by the gate");
    }

    @Test
    void mailsThatTheGateBlocksAreNotPutDownToTheBrief() {
        ObjectNode brief = brief("wordy");
        ((ArrayNode) brief.path("avoid")).add("soon").add("missed");
        assertThat(create("wordy", brief).status()).isEqualTo(201);

        JsonNode generation = generate("wordy", "{\"count\": 40}");
        assertThat(generation.path("blocked").asInt()).isPositive();
        assertThat(generation.path("reason").asString())
                .isEqualTo("%d of 40 mails passed: %2$d blocked by the gate (avoided-words %2$d)"
                        .formatted(
                                generation.path("passed").asInt(),
                                generation.path("blocked").asInt()));
    }

    @Test
    void whatTheGateBlocksStaysADraft() {
        create("blocked", brief("blocked"));
        Answer kept = content.post("/v1/campaigns/blocked/drafts", """
                {"id": "half-price", "subject": "Half price today", "html": "<p>Hello</p>", "text": "Hello",
                 "cta": {"label": "Look", "url": "https://casalumbre.example/"}}""");

        assertThat(kept.status()).isEqualTo(201);
        assertThat(kept.text("/state")).isEqualTo("draft");
        assertThat(kept.text("/verdict/verdict")).isEqualTo("block");
        Answer moved = move("blocked", "live", List.of("half-price"));
        assertThat(moved.text("/drafts/0/code")).isEqualTo("blocked");
        assertThat(moved.text("/drafts/0/detail")).contains("discount-outside-brief");
        assertThat(content.personalize("somebody", "blocked", false).text("/code"))
                .isEqualTo("no-live-variant");
    }

    @Test
    void whatIsNoDraftIsSaidAndSpoilsNoOther() {
        create("partly", brief("partly"));
        Answer nothing = content.post("/v1/campaigns/partly/drafts", "{\"subject\": \"Hello\"}");
        assertThat(nothing.status()).isEqualTo(400);
        assertThat(nothing.text("/detail")).isEqualTo("a draft needs html, text, cta.label, cta.url");
        assertThat(content.post(
                                "/v1/campaigns/partly/drafts/moves",
                                Map.of("to", "gated", "drafts", List.of("a"), "by", "Marta"))
                        .text("/errors/0/detail"))
                .isEqualTo("approved, live or retired");

        JsonNode verdicts = content.post(
                        "/v1/drafts/validations",
                        JSON.createObjectNode().set("brief", brief("partly")).set("drafts", JSON.readTree("""
                                        [{"language": "fr", "subject": "Salut"}, {"language": "en", "subject": "Hello"}]""")))
                .body()
                .path("verdicts");
        assertThat(verdicts.at("/0/codes/0/code").asString()).isEqualTo("unreadable-draft");
        assertThat(verdicts.at("/0/codes/0/place").asString()).isEqualTo("drafts[0]");
        assertThat(verdicts.path(1).path("codes").toString()).contains("missing-part");
        assertThat(content.post("/v1/drafts/validations", "{\"brief\": \"x\", \"drafts\": [{}]}")
                        .text("/errors/0/field"))
                .isEqualTo("brief");
    }

    @Test
    void aBriefWithoutAnythingIsNamedAsTheFieldThatItIs() {
        Answer empty = create("empty", JSON.createObjectNode());
        assertThat(empty.status()).isEqualTo(400);
        assertThat(empty.text("/errors/0/field")).isEqualTo("brief");
        assertThat(empty.text("/errors/1/field")).isEqualTo("brief.languages");
    }

    @Test
    void anAmountThatIsNoNumberIsNamedWhereverABriefIsRead() {
        create("huge", brief("huge"));
        String huge = brief("huge").toString().replaceFirst("\"value\":[0-9.]+", "\"value\":1e400");
        Answer put = content.put("/v1/campaigns/huge/brief", huge);
        Answer validated = content.post("/v1/drafts/validations", "{\"drafts\": [{}], \"brief\": %s}".formatted(huge));
        assertThat(put.status()).isEqualTo(400);
        assertThat(put.text("/errors/0/field")).isEqualTo("offers[0].value");
        assertThat(validated.status()).isEqualTo(400);
        assertThat(validated.text("/errors/0/field")).isEqualTo("brief.offers[0].value");
    }

    @Test
    void whatIsGivenTwiceIsRefusedByItsPlace() {
        create("doubled", brief("doubled"));
        String brief = brief("doubled").toString().replaceFirst("\"value\":", "\"value\":1,\"value\":");
        Answer validated = content.post("/v1/drafts/validations", "{\"drafts\": [{}], \"brief\": %s}".formatted(brief));
        assertThat(validated.status()).isEqualTo(400);
        assertThat(validated.text("/errors/0/field")).isEqualTo("brief.offers[0].value");
        assertThat(validated.text("/errors/0/code")).isEqualTo("duplicate");
        assertThat(content.put("/v1/campaigns/doubled/brief", brief).text("/errors/0/field"))
                .isEqualTo("offers[0].value");
        assertThat(content.post("/v1/campaigns/doubled/drafts", "{\"cta\": {}, \"cta\": {\"label\": \"Look\"}}")
                        .text("/errors/0/field"))
                .isEqualTo("cta");
    }

    @Test
    void aCharacterThatCannotBeKeptIsNamed() {
        create("nul", brief("nul"));
        Answer refused = content.post("/v1/campaigns/nul/drafts", """
                {"subject": "Hello", "preheader": "a\\u0000b", "html": "<p>Hello</p>", "text": "Hello",
                 "cta": {"label": "Look\\u0000", "url": "https://casalumbre.example/"}}""");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text("/errors/0/field")).isEqualTo("preheader");
        assertThat(refused.text("/errors/1/field")).isEqualTo("cta.label");
        assertThat(refused.text("/errors/0/code")).isEqualTo("control-character");
    }

    /** The other ways in: past the gate by the variants' address, and past the service altogether. */
    @Test
    void nothingElseCanBeServed() {
        assertThat(create("sealed", brief("sealed")).status()).isEqualTo(201);
        generate("sealed", "{\"count\": 3}");
        List<String> ids = ids(drafts("sealed", "gated"));
        String live = ids.get(0);
        String gated = ids.get(1);
        assertThat(move("sealed", "live", List.of(live)).text("/drafts/0/state"))
                .isEqualTo("live");

        String words = """
                "subject": "Hi", "html": "<p><a href='{{ links.cta }}'>x</a><a href='{{ links.unsubscribe }}'>y</a></p>",
                "text": "{{ links.unsubscribe }}", "cta": {"label": "Look", "url": "https://casalumbre.example/"}""";
        assertThat(content.put("/v1/campaigns/sealed/variants/sneaked", "{" + words + "}")
                        .text("/code"))
                .isEqualTo("campaign-has-brief");
        assertThat(content.put("/v1/campaigns/sealed/variants/" + live, "{" + words + "}")
                        .text("/code"))
                .isEqualTo("campaign-has-brief");
        ObjectNode both = (ObjectNode) JSON.readTree("""
                {"campaignId": "both", "name": "both", "language": "en", "variants": [{"variantId": "a", %s}]}""".formatted(words));
        both.set("brief", brief("both"));
        assertThat(content.post("/v1/campaigns", both).text("/errors/0/field")).isEqualTo("variants");

        String insert = """
                WITH made AS (
                  INSERT INTO variant (campaign_id, variant_id, position, version, live)
                  VALUES ('sealed', '%s', 9, 1, true) RETURNING campaign_id, variant_id, version)
                INSERT INTO variant_version (campaign_id, variant_id, version, subject, preheader, html, text, cta_label,
                  cta_url, ps, created_at)
                SELECT 'sealed', '%s', 1, subject, preheader, %s, text, cta_label, cta_url, ps, now()
                FROM draft WHERE campaign_id = 'sealed' AND draft_id = '%s'""";
        refused(insert.formatted("sneaked", "sneaked", "html", live));
        refused(insert.formatted(gated, gated, "html", gated));
        refused("UPDATE variant_version SET html = html || '!' WHERE campaign_id = 'sealed'");
        refused("UPDATE draft SET html = html || '!' WHERE campaign_id = 'sealed' AND draft_id = '" + live + "'");
        refused("UPDATE draft SET state = 'retired' WHERE campaign_id = 'sealed' AND draft_id = '" + live + "'");
        refused("UPDATE draft SET state = 'approved' WHERE campaign_id = 'sealed' AND draft_id = '" + gated + "'");
        refused("UPDATE draft SET passed = false WHERE campaign_id = 'sealed' AND draft_id = '" + gated + "'");

        for (int i = 0; i < 20; i++) {
            assertThat(content.personalize("somebody-" + i, "sealed", false).text("/variant"))
                    .isEqualTo(live);
        }
    }

    private static void refused(String sql) {
        assertThatThrownBy(() -> db().sql(sql).update())
                .rootCause()
                .hasMessageMatching("(?s).*(is not a live draft|do not change|violates check).*");
    }

    @Test
    void aPolicyLetsOutWhatIsGoodAndDifferent() {
        create("policy", byPolicy(brief("policy"), 8));
        generate("policy", "{\"count\": 40}");

        List<JsonNode> live = drafts("policy", "live");
        assertThat(live.size()).isEqualTo(8);
        for (JsonNode draft : live) {
            assertThat(draft.path("approvedBy").asString()).isEqualTo("policy");
            assertThat(draft.path("verdict").path("rubric").asInt()).isGreaterThanOrEqualTo(90);
        }
        // A third of all is livelier, a third calmer.
        assertThat(live.stream().map(draft -> draft.at("/attributes/energy").asDouble()))
                .contains(.2, .4, .8);
        Set<String> strategies = new HashSet<>();
        live.forEach(draft -> strategies.add(draft.at("/attributes/strategy").asString()));
        assertThat(strategies).hasSize(8);

        // Who leaves makes room.
        move("policy", "retired", ids(live).subList(0, 2));
        assertThat(drafts("policy", "live").size()).isEqualTo(8);
    }

    @Test
    void whatANewBriefDoesNotAllowIsNoLongerServed() {
        create("changing", byPolicy(brief("changing"), 20));
        generate("changing", "{\"count\": 40}");
        Set<String> offering = offering("changing");
        assertThat(offering).isNotEmpty();
        String offered = decisionFor(offering);
        assertThat(content.get("/v1/decisions/" + offered + "/mail?due=true").status())
                .isEqualTo(200);

        ObjectNode without = byPolicy(brief("changing"), 20);
        without.putArray("offers");
        Answer put = content.put("/v1/campaigns/changing/brief", without);
        assertThat(put.status()).as(put.response().body()).isEqualTo(200);
        assertThat(put.text("/version")).isEqualTo("2");
        assertThat(content.get("/v1/campaigns/changing/brief").body().at("/brief/offers"))
                .isEmpty();

        assertThat(offering("changing")).isEmpty();
        assertThat(ids(drafts("changing", "retired"))).containsAll(offering);
        // What was decided before does not leave any more, and can still be looked at.
        assertThat(content.get("/v1/decisions/" + offered + "/mail?due=true").text("/code"))
                .isEqualTo("mail-withdrawn");
        assertThat(content.get("/v1/decisions/" + offered + "/mail").status()).isEqualTo(200);
        for (int i = 0; i < 100; i++) {
            assertThat(offering)
                    .doesNotContain(
                            content.personalize("s-" + i, "changing", false).text("/variant"));
        }
    }

    @Test
    void whatTheBriefNoLongerSaysIsNoLongerServed() {
        create("shrinking", byPolicy(brief("shrinking"), 50));
        generate("shrinking", "{\"count\": 40}");
        assertThat(telling("teapot")).isPositive();
        assertThat(telling("bowls")).isPositive();

        ObjectNode brief = byPolicy(brief("shrinking"), 50);
        ArrayNode facts = (ArrayNode) brief.path("facts");
        forget(brief, "teapot");
        for (int i = facts.size() - 1; i >= 0; i--) {
            if (facts.get(i).path("id").asString().equals("bowls")) {
                ((ObjectNode) facts.get(i))
                        .putObject("text")
                        .put("en", "Our stoneware bowls are round.")
                        .put("es", "Nuestros cuencos de gres son redondos.");
            }
        }
        assertThat(content.put("/v1/campaigns/shrinking/brief", brief).status()).isEqualTo(200);
        assertThat(telling("teapot")).isZero();
        assertThat(telling("bowls")).isZero();
        assertThat(drafts("shrinking", "live").size()).isPositive();
    }

    @Test
    void whatTheBriefSaysAgainIsNotOutdatedAnyMore() {
        create("restored", brief("restored"));
        generate("restored", "{\"count\": 40}");
        List<String> speaking = ids(drafts("restored", "gated").stream()
                .filter(draft -> draft.at("/attributes/facts").toString().contains("\"teapot\""))
                .toList());
        assertThat(speaking.size()).isGreaterThanOrEqualTo(2);
        String live = speaking.get(0);
        String approved = speaking.get(1);
        move("restored", "live", List.of(live));
        move("restored", "approved", List.of(approved));
        assertThat(content.put("/v1/campaigns/restored/brief", without("teapot"))
                        .status())
                .isEqualTo(200);
        assertThat(draft(live).at("/verdict/outdated").asBoolean()).isTrue();
        assertThat(draft(approved).path("state").asString()).isEqualTo("draft");
        // Of a version between it is compared with what it was written by still.
        ObjectNode other = without("teapot");
        other.remove("tone");
        assertThat(content.put("/v1/campaigns/restored/brief", other).status()).isEqualTo(200);
        assertThat(draft(approved).at("/verdict/outdated").asBoolean()).isTrue();

        assertThat(content.put("/v1/campaigns/restored/brief", brief("restored"))
                        .status())
                .isEqualTo(200);

        assertThat(draft(approved).at("/verdict/outdated").asBoolean()).isFalse();
        assertThat(draft(approved).path("state").asString()).isEqualTo("gated");
        assertThat(draft(approved).path("steps").toString()).contains("the brief says so again");
        // Retired is for ever, and yet it says nothing that is not so.
        assertThat(draft(live).path("state").asString()).isEqualTo("retired");
        assertThat(draft(live).at("/verdict/verdict").asString()).isEqualTo("pass");
        assertThat(draft(live).at("/verdict/outdated").asBoolean()).isFalse();
        assertThat(ids(drafts("restored", "draft"))).isEmpty();
    }

    @Test
    void draftsOfAnOfferThatIsMadeAgainAreGatedAgain() {
        create("offered", brief("offered"));
        generate("offered", "{\"count\": 40}");
        List<String> gated = ids(drafts("offered", "gated"));

        ObjectNode less = brief("offered");
        ((ObjectNode) less.path("offers").get(0)).put("value", 10);
        assertThat(content.put("/v1/campaigns/offered/brief", less).status()).isEqualTo(200);
        assertThat(ids(drafts("offered", "gated")).size()).isLessThan(gated.size());

        assertThat(content.put("/v1/campaigns/offered/brief", brief("offered")).status())
                .isEqualTo(200);
        assertThat(ids(drafts("offered", "gated"))).containsExactlyInAnyOrderElementsOf(gated);
    }

    private static JsonNode draft(String id) {
        return content.get("/v1/campaigns/restored/drafts/" + id).body();
    }

    private static ObjectNode without(String fact) {
        ObjectNode brief = brief("restored");
        forget(brief, fact);
        return brief;
    }

    private static void forget(ObjectNode brief, String fact) {
        ArrayNode facts = (ArrayNode) brief.path("facts");
        for (int i = facts.size() - 1; i >= 0; i--) {
            if (facts.get(i).path("id").asString().equals(fact)) {
                facts.remove(i);
            } else if (facts.get(i).path("of") instanceof ArrayNode of) {
                of.removeIf(id -> id.asString().equals(fact));
            }
        }
    }

    @Test
    void whatMaySayTheSameInOtherWordsIsReadAgainOrGoes() {
        String handed = """
                {"id": "%s", "subject": "A quiet word", "preheader": "", "text": "Hello,\\n\\n%s\\n\\n{{ links.cta }}\\n\\nUnsubscribe: {{ links.unsubscribe }}\\n\\nCasa Lumbre S.L., Calle del Horno 7, 18010 Granada, Spain",
                 "html": "<p>Hello,</p><p>%s</p><p><a href='{{ links.cta }}'>{{ content.cta }}</a></p><p><a href='{{ links.unsubscribe }}'>Unsubscribe</a></p><p>Casa Lumbre S.L., Calle del Horno 7, 18010 Granada, Spain</p>",
                 "cta": {"label": "Have a look", "url": "https://casalumbre.example/"}}""";
        for (String campaign : List.of("read-again", "unread")) {
            boolean alone = campaign.equals("unread");
            create(campaign, alone ? byPolicy(brief(campaign), 20) : brief(campaign));
            for (String words : List.of("Linen for the table, soft right away.", "We would be glad to see you.")) {
                String id = words.startsWith("Linen") ? "soft" : "glad";
                Answer kept = content.post("/v1/campaigns/" + campaign + "/drafts", handed.formatted(id, words, words));
                assertThat(kept.status()).as(kept.response().body()).isEqualTo(201);
            }
            if (!alone) {
                move(campaign, "approved", List.of("soft", "glad"));
                move(campaign, "live", List.of("soft", "glad"));
            }
            assertThat(ids(drafts(campaign, "live"))).containsExactlyInAnyOrder("soft", "glad");

            ObjectNode brief = alone ? byPolicy(brief(campaign), 20) : brief(campaign);
            brief.path("facts").forEach(fact -> {
                if (fact.path("id").asString().equals("napkins")) {
                    ((ObjectNode) fact)
                            .putObject("text")
                            .put("en", "There are linen napkins now. They come unwashed.")
                            .put("es", "Ahora también hay servilletas de lino. Vienen sin lavar.");
                }
            });
            Answer put = content.put("/v1/campaigns/" + campaign + "/brief", brief);
            assertThat(put.body().path("toRead").toString()).isEqualTo(alone ? "[]" : "[\"soft\"]");
            assertThat(ids(drafts(campaign, "live")))
                    .containsExactlyInAnyOrderElementsOf(alone ? List.of("glad") : List.of("soft", "glad"));
        }
    }

    private static long telling(String fact) {
        return drafts("shrinking", "live").stream()
                .filter(draft ->
                        draft.path("attributes").path("facts").toString().contains("\"" + fact + "\""))
                .count();
    }

    private static String decisionFor(Set<String> variants) {
        for (int i = 0; i < 1_000; i++) {
            Answer answer = content.personalize("o-" + i, "changing", false);
            if (variants.contains(answer.text("/variant"))) {
                return answer.text("/decisionId");
            }
        }
        throw new AssertionError("none of " + variants);
    }

    private static Set<String> offering(String campaignId) {
        return drafts(campaignId, "live").stream()
                .filter(draft -> draft.path("text").asString().contains("15%"))
                .map(draft -> draft.path("draftId").asString())
                .collect(Collectors.toSet());
    }

    @Test
    void whatADayMakesUntrueIsNoLongerServed() {
        create("ending", byPolicy(brief("ending"), 20));
        generate("ending", "{\"count\": 40}");
        assertThat(offering("ending")).isNotEmpty();

        // On the last day already: a mail decided for then may arrive on the day after.
        content.clock.advance(Duration.ofDays(21));
        await().atMost(SOON).until(() -> offering("ending").isEmpty());
        assertThat(drafts("ending", "live").size()).isPositive();
        String retired = ids(drafts("ending", "retired")).getFirst();
        JsonNode steps =
                content.get("/v1/campaigns/ending/drafts/" + retired).body().path("steps");
        assertThat(steps.path(steps.size() - 1).path("by").asString()).isEqualTo("gate");
        assertThat(steps.path(steps.size() - 1).path("reason").asString()).contains("outside-brief");
    }

    @Test
    void aFaultyBriefIsRefusedByItsFields() {
        ObjectNode brief = brief("faulty");
        brief.remove("footer");
        ((ObjectNode) brief.at("/offers/0")).put("until", "2020-01-01");
        ((ArrayNode) brief.path("languages")).add("fr");
        brief.putObject("approval").put("by", "person").put("mostLive", 3);

        Answer refused = create("faulty", brief);
        assertThat(refused.status()).isEqualTo(400);
        List<String> fields = new ArrayList<>();
        refused.body()
                .path("errors")
                .forEach(error -> fields.add(error.path("field").asString() + " "
                        + error.path("code").asString()));
        assertThat(fields)
                .contains(
                        "brief.footer missing",
                        "brief.offers[0].until offer-expired",
                        "brief.languages[2] unknown-language",
                        "brief.approval.mostLive contradiction");
        assertThat(content.get("/v1/campaigns/faulty").status()).isEqualTo(404);

        assertThat(create("other-id", brief("another")).text("/errors/0/field")).isEqualTo("brief.campaignId");
        create("no-brief-yet", brief("no-brief-yet"));
        assertThat(content.put("/v1/campaigns/no-brief-yet/brief", brief("elsewhere"))
                        .text("/errors/0/field"))
                .isEqualTo("campaignId");
    }

    @Test
    void requestsAreCheckedFieldByField() {
        create("asked", brief("asked"));
        String generations = "/v1/campaigns/asked/generations";
        assertThat(content.post(generations, "{\"count\": 0, \"stage\": \"young\", \"style\": {\"warmth\": 2}}")
                        .body()
                        .path("errors"))
                .hasSize(3);
        assertThat(content.post(generations, "{\"generator\": \"gpt\"}").text("/errors/0/field"))
                .isEqualTo("generator");
        assertThat(content.post("/v1/campaigns/none/generations", "{}").text("/code"))
                .isEqualTo("unknown-campaign");
        assertThat(content.get("/v1/campaigns/asked/drafts?state=old").text("/errors/0/field"))
                .isEqualTo("state");
        assertThat(content.get("/v1/campaigns/asked/drafts/none").text("/code")).isEqualTo("unknown-draft");
        assertThat(content.post("/v1/campaigns/asked/drafts/moves", Map.of("to", "gated"))
                        .text("/errors/0/field"))
                .isEqualTo("to");
        assertThat(content.post("/v1/campaigns/asked/drafts/moves", Map.of("to", "live"))
                        .text("/errors/0/field"))
                .isEqualTo("by");
        assertThat(content.post("/v1/campaigns/asked/drafts", "{\"language\": \"es\"}")
                        .text("/errors/0/field"))
                .isEqualTo("language");
        content.post("/v1/campaigns", RunningContent.campaign("plain", 0, 0));
        assertThat(content.post("/v1/campaigns/plain/generations", "{}").text("/code"))
                .isEqualTo("no-brief");
        assertThat(content.put("/v1/campaigns/plain/brief", brief("plain")).text("/code"))
                .isEqualTo("no-brief");
    }
}
