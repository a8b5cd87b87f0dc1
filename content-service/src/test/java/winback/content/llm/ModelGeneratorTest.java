package winback.content.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import winback.content.RunningContent;
import winback.content.RunningContent.Answer;
import winback.content.brief.Brief;
import winback.content.brief.DemoBrief;
import winback.content.drafts.Generator.Written;
import winback.content.drafts.Request;
import winback.content.drafts.Style;
import winback.content.llm.StubModel.Mode;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;

class ModelGeneratorTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String KEY = "the-key-of-the-endpoint";

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    private static final StubModel stub = new StubModel();
    private static RunningContent content;

    @BeforeAll
    static void start() {
        content = new RunningContent(
                infra,
                "--winback.llm.url=" + stub.url(),
                "--winback.llm.model=stub-model",
                "--winback.llm.key=" + KEY,
                "--winback.llm.timeout=2s",
                "--winback.llm.backoff=10ms",
                "--winback.llm.input-price=2",
                "--winback.llm.output-price=8");
        await().atMost(SOON).until(content::isReady);
    }

    @AfterAll
    static void stop() {
        content.close();
        stub.close();
    }

    @BeforeEach
    void well() {
        stub.mode = Mode.WELL;
        stub.asked.clear();
        content.context.getBean(ModelGenerator.class).circuit().reset();
    }

    private static LocalDate today() {
        return LocalDate.ofInstant(content.clock.instant(), ZoneOffset.UTC);
    }

    private static void create(String campaignId) {
        ObjectNode brief = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(today()));
        brief.put("campaignId", campaignId);
        ObjectNode campaign = JsonMapper.shared().createObjectNode();
        campaign.put("campaignId", campaignId).put("name", campaignId).put("language", "en");
        campaign.set("brief", brief);
        assertThat(content.post("/v1/campaigns", campaign).status()).isEqualTo(201);
    }

    private static String generate(String campaignId, String request) {
        Answer accepted = content.post(
                "/v1/campaigns/" + campaignId + "/generations", request.replace("{", "{\"vary\": false, "));
        assertThat(accepted.status()).as(accepted.response().body()).isEqualTo(202);
        String location = accepted.response().headers().firstValue("Location").orElseThrow();
        await().atMost(SOON).until(() -> !content.get(location).text("/state").equals("running"));
        return location;
    }

    private static List<JsonNode> drafts(String campaignId, String state) {
        return StreamSupport.stream(
                        content.get("/v1/campaigns/" + campaignId + "/drafts?limit=500&state=" + state)
                                .body()
                                .path("drafts")
                                .spliterator(),
                        false)
                .toList();
    }

    @Test
    void aModelWritesFromTheBriefAndKnowsNobody() {
        content.publish(
                Topic.PROFILE,
                content.profile("zz-1", 1, Map.of("firstName", "Zebedee", "email", "zebedee@somewhere.example")));
        create("well");
        String generation = generate("well", "{\"count\": 4}");

        assertThat(content.get(generation).text("/state")).isEqualTo("completed");
        assertThat(content.get(generation).body().has("reason")).isFalse();
        List<JsonNode> gated = drafts("well", "gated");
        assertThat(gated.size()).isEqualTo(4);
        for (JsonNode draft : gated) {
            assertThat(draft.path("generator").asString()).isEqualTo("stub-model");
            assertThat(draft.at("/attributes/personal").asBoolean()).isTrue();
            assertThat(draft.at("/attributes/facts").toString()).isEqualTo("[\"fired\",\"repairs\"]");
            assertThat(draft.path("subject").asString()).contains("{{ subscriber.firstName }}, a look at");
            assertThat(draft.path("text").asString()).contains("{{ links.unsubscribe }}", "Casa Lumbre S.L.");
        }

        JsonNode call = content.get(generation + "/calls").body().at("/calls/0");
        assertThat(call.path("outcome").asString()).isEqualTo("ok");
        assertThat(call.path("detail").asString()).matches("\\d kept, 0 blocked by the gate, \\d left out as doubles");
        assertThat(call.path("inputTokens").asInt()).isEqualTo(1000);
        assertThat(call.path("outputTokens").asInt()).isEqualTo(200);
        assertThat(call.path("cost").asDouble()).isEqualTo((1000 * 2 + 200 * 8) / 1e6);
        assertThat(call.path("prompt").asString()).contains("Every piece that we throw is fired twice", "VUELVE15");
        assertThat(call.path("answer").asString()).startsWith("{\"mails\"");

        StubModel.Asked asked = stub.asked.getFirst();
        assertThat(asked.authorization()).isEqualTo("Bearer " + KEY);
        assertThat(asked.body().path("model").asString()).isEqualTo("stub-model");
        assertThat(asked.body().at("/response_format/type").asString()).isEqualTo("json_schema");
        assertThat(asked.body().toString())
                .doesNotContainIgnoringCase("zebedee")
                .doesNotContain(KEY);
        assertThat(content.get(generation + "/calls").response().body()).doesNotContain(KEY);
    }

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED, 3, rate-limited, HTTP 429",
        "SERVER_ERROR, 3, server-error, HTTP 500",
        "REFUSED, 1, refused, HTTP 401",
        "HANG, 3, timed-out, no whole answer in time",
        "CUT, 3, cut-short, ended before",
        "TOO_LONG, 1, cut-short, longer than it may be",
        "NO_JSON, 3, malformed, no"
    })
    void aCampaignGetsItsMailsWhenTheModelFails(Mode mode, int attempts, String outcome, String detail) {
        String campaign = "failing-" + mode;
        create(campaign);
        stub.mode = mode;
        String generation = generate(campaign, "{\"count\": 6}");

        assertThat(content.get(generation).text("/state")).isEqualTo("completed");
        assertThat(content.get(generation).text("/passed")).isEqualTo("6");
        assertThat(content.get(generation).text("/reason")).startsWith(outcome).contains(detail);
        List<JsonNode> gated = drafts(campaign, "gated");
        assertThat(gated.size()).isEqualTo(6);
        assertThat(gated)
                .extracting(draft -> draft.path("generator").asString())
                .containsOnly("composer");

        JsonNode calls = content.get(generation + "/calls").body().path("calls");
        assertThat(calls.size()).isEqualTo(attempts);
        for (JsonNode call : calls) {
            assertThat(call.path("outcome").asString()).isEqualTo(outcome);
            assertThat(call.path("detail").asString()).contains(detail).doesNotContain("sk-secret");
        }
    }

    @Test
    void whatTheModelClaimsBeyondTheBriefIsBlockedAndReplaced() {
        create("off-brief");
        stub.mode = Mode.OFF_BRIEF;
        String generation = generate("off-brief", "{\"count\": 3}");

        assertThat(content.get(generation).text("/passed")).isEqualTo("3");
        assertThat(drafts("off-brief", "gated"))
                .extracting(draft -> draft.path("generator").asString())
                .containsOnly("composer");
        List<JsonNode> blocked = drafts("off-brief", "draft");
        assertThat(blocked.size()).isPositive();
        for (JsonNode draft : blocked) {
            assertThat(draft.path("generator").asString()).isEqualTo("stub-model");
            assertThat(draft.path("verdict").toString()).contains("discount-outside-brief", "claim-outside-brief");
        }
        int n = blocked.size();
        assertThat(content.get(generation).text("/reason"))
                .contains(n + " of 3 mails were written, " + n + " blocked by the gate (")
                .contains("claim-outside-brief " + n, "discount-outside-brief " + n)
                .matches(".*\\)(?:; \\d+ more were left out as doubles)?");
        assertThat(content.get(generation + "/calls").text("/calls/0/detail"))
                .matches("0 kept, \\d blocked by the gate \\(.*claim-outside-brief \\d.*\\), \\d left out as doubles");
    }

    @Test
    void aModelThatRepeatsItselfIsSaidTo() {
        create("repeating");
        stub.mode = Mode.REPEATING;
        String generation = generate("repeating", "{\"count\": 3}");

        assertThat(content.get(generation).text("/passed")).isEqualTo("3");
        assertThat(content.get(generation).text("/reason"))
                .isEqualTo(
                        "2 calls were answered, the most for so many mails; 1 of 3 mails were written, 0 blocked by the gate;"
                                + " 4 more were left out as doubles");
        JsonNode calls = content.get(generation + "/calls").body().path("calls");
        assertThat(calls.at("/0/detail").asString()).isEqualTo("1 kept, 0 blocked by the gate, 2 left out as doubles");
        assertThat(calls.at("/1/detail").asString()).isEqualTo("0 kept, 0 blocked by the gate, 2 left out as doubles");
    }

    @Test
    void templatesOfTheModelsOwnAreNotTaken() {
        create("markup");
        stub.mode = Mode.MARKUP;
        String generation = generate("markup", "{\"count\": 3}");

        assertThat(content.get(generation).text("/passed")).isEqualTo("3");
        assertThat(drafts("markup", "draft").size()).isZero();
        assertThat(content.get(generation + "/calls").text("/calls/0/detail"))
                .isEqualTo("0 kept, 0 blocked by the gate, 0 left out as doubles; 3 not taken: subject: markup");
    }

    @Test
    void aModelThatKeepsFailingIsLeftAlone() {
        create("tired");
        stub.mode = Mode.SERVER_ERROR;
        generate("tired", "{\"count\": 1}");
        generate("tired", "{\"count\": 1}");
        int asked = stub.asked.size();
        assertThat(asked).isEqualTo(6);

        String generation = generate("tired", "{\"count\": 1}");
        assertThat(stub.asked.size()).isEqualTo(asked);
        assertThat(content.get(generation).text("/reason"))
                .startsWith("circuit-open: ")
                .contains("; last server-error: HTTP 500");
        assertThat(content.get(generation).text("/passed")).isEqualTo("1");
    }

    @Test
    void theComposerMayBeAskedForByName() {
        create("by-name");
        generate("by-name", "{\"count\": 2, \"generator\": \"composer\"}");
        assertThat(stub.asked.size()).isZero();
        assertThat(content.post("/v1/campaigns/by-name/generations", "{\"generator\": \"another\"}")
                        .text("/errors/0/detail"))
                .isEqualTo("stub-model or composer");
    }

    private static ModelSettings settings(boolean stream, long tokens, @Nullable Double money) {
        return settings(stream, tokens, money, stub.url(), 2);
    }

    private static ModelSettings settings(
            boolean stream, long tokens, @Nullable Double money, String url, double price) {
        return new ModelSettings(
                URI.create(url),
                KEY,
                null,
                "stub-model",
                Duration.ofSeconds(2),
                0,
                Duration.ofMillis(10),
                stream,
                false,
                10,
                1000,
                tokens,
                money,
                price,
                4 * price,
                Duration.ofDays(1));
    }

    private static Written write(ModelSettings settings) {
        Brief brief = DemoBrief.on(today());
        return new ModelGenerator(
                        settings, content.context.getBean(CallTables.class), content.clock, new SimpleMeterRegistry())
                .write(brief, new Request("en", 3, 1, Style.of(brief.tone()), "lapsed"), today());
    }

    @Test
    void answersInOnePieceAreReadToo() {
        Written written = write(settings(false, 100_000_000, null));
        assertThat(written.drafts()).hasSize(3);
        assertThat(written.shortfall()).isNull();
        assertThat(stub.asked.getFirst().body().path("stream").asBoolean(false)).isFalse();
        assertThat(stub.asked.getFirst().body().has("response_format")).isFalse();

        stub.mode = Mode.CUT;
        assertThat(write(settings(false, 100_000_000, null)).shortfall()).matches("(cut-short|unreachable).*");
    }

    @Test
    void nothingIsAskedBeyondTheDaysBudget() {
        assertThat(write(settings(true, 1500, null)).shortfall()).startsWith("token-budget");
        assertThat(write(settings(true, 100_000_000, .000001)).shortfall()).startsWith("money-budget");
        assertThat(stub.asked).isEmpty();
    }

    @Test
    void settingsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> settings(true, 1, 5.0, "ftp://models.example/v1", 2))
                .hasMessageStartingWith("Invalid winback.llm.url");
        assertThatThrownBy(() -> settings(true, 1, 5.0, stub.url(), 0))
                .hasMessageStartingWith("Invalid winback.llm.money-per-day");
        assertThat(settings(true, 1, 5.0).toString()).doesNotContain(KEY);
    }
}
