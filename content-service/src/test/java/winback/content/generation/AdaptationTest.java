package winback.content.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import winback.content.RunningContent;
import winback.content.brief.DemoBrief;
import winback.content.campaigns.Campaign;
import winback.content.campaigns.Campaigns;
import winback.infrastructure.junit.Infrastructure;

/** Answers are written into the tables; how they come there is tested elsewhere. */
class AdaptationTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    private static RunningContent content;

    @BeforeAll
    static void start() {
        content = new RunningContent(infra);
        await().atMost(SOON).until(content::isReady);
        LocalDate today = LocalDate.ofInstant(content.clock.instant(), ZoneOffset.UTC);
        ObjectNode brief = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(today));
        brief.put("campaignId", "adapting");
        brief.putObject("approval").put("by", "policy").put("leastRubric", 80).put("mostLive", 10);
        ObjectNode campaign = JsonMapper.shared().createObjectNode();
        campaign.put("campaignId", "adapting")
                .put("name", "a")
                .put("language", "en")
                .put("attributionDays", 2);
        campaign.put("holdoutShare", 0);
        assertThat(content.post("/v1/campaigns", campaign.set("brief", brief)).status())
                .isEqualTo(201);
    }

    @AfterAll
    static void stop() {
        content.close();
    }

    private static void generate(String request) {
        String location = content.post("/v1/campaigns/adapting/generations", request)
                .response()
                .headers()
                .firstValue("Location")
                .orElseThrow();
        await().atMost(SOON).until(() -> !content.get(location).text("/state").equals("running"));
    }

    private static List<JsonNode> drafts(String state) {
        List<JsonNode> drafts = new ArrayList<>();
        content.get("/v1/campaigns/adapting/drafts?limit=500&state=" + state)
                .body()
                .path("drafts")
                .forEach(drafts::add);
        return drafts;
    }

    private static Map<String, Integer> strategies(List<JsonNode> drafts) {
        Map<String, Integer> strategies = new HashMap<>();
        drafts.forEach(
                draft -> strategies.merge(draft.at("/attributes/strategy").asString(), 1, Integer::sum));
        return strategies;
    }

    @Test
    void asksForMoreOfWhatWorksAndRetiresWhatDoesNot() {
        JdbcClient db = content.context.getBean(JdbcClient.class);
        generate("{\"count\": 11}");
        List<JsonNode> live = drafts("live");
        assertThat(live.size()).isEqualTo(10);
        assertThat(content.get("/v1/ranker").body().has("version")).isFalse();

        // For thirty days every mail was seen often; four strategies were answered, "service" most, others by one in
        // fifty.
        for (JsonNode draft : live) {
            String strategy = draft.at("/attributes/strategy").asString();
            int of = strategy.equals("service")
                    ? 3
                    : Set.of("gain", "proof", "news").contains(strategy) ? 5 : 50;
            db.sql("""
                            INSERT INTO drawn_from VALUES ('00000000-0000-0000-0000-000000000001', '{}', now())
                            ON CONFLICT DO NOTHING""").update();
            db.sql("""
                            INSERT INTO decision (decision_id, subscriber_id, campaign_id, holdout, variant_id,
                              variant_version, propensity, policy, deliver, immediate, decided_at,
                              personalization_score, inputs, exposed_at, succeeded_at, reader, drawn_from_id)
                            SELECT :variant || n, 's' || n, 'adapting', false, :variant, 1, .1, 'thompson', false, false, at, 0,
                                   '{}', at, CASE WHEN n % :of = 0 THEN at END, 'lapsed',
                                   '00000000-0000-0000-0000-000000000001'
                            FROM (SELECT n, now() - make_interval(days => 3 + n / 20) AS at FROM generate_series(1, 600) n) AS a
                            """)
                    .param("variant", draft.path("draftId").asString())
                    .param("of", of)
                    .update();
        }
        db.sql("""
                        UPDATE variant v SET exposures = d.seen, successes = d.answered FROM (
                          SELECT variant_id, count(*) AS seen, count(succeeded_at) AS answered FROM decision
                          WHERE campaign_id = 'adapting' GROUP BY 1) AS d
                        WHERE v.campaign_id = 'adapting' AND v.variant_id = d.variant_id
                        """).update();
        db.sql("UPDATE campaign SET revision = nextval('campaign_revision') WHERE campaign_id = 'adapting'")
                .update();
        Campaigns campaigns = content.context.getBean(Campaigns.class);
        campaigns.refresh();

        JsonNode outcomes =
                content.get("/v1/campaigns/adapting/learning").body().path("outcomes");
        JsonNode best = null;
        for (JsonNode outcome : outcomes) {
            if (best == null && outcome.path("attribute").asString().equals("strategy")) {
                best = outcome;
            }
        }
        assertThat(best).isNotNull();
        if (best != null) {
            assertThat(best.path("value").asString()).isEqualTo("service");
            assertThat(best.path("successes").asInt()).isEqualTo(200);
            assertThat(best.path("lower").asDouble()).isBetween(.28, 1 / 3.);
            assertThat(best.path("upper").asDouble()).isBetween(1 / 3., .38);
        }

        // What is live for less than the attribution window is left alone.
        Adaptation adaptation = content.context.getBean(Adaptation.class);
        adapt(adaptation, campaigns);
        assertThat(drafts("retired").size()).isZero();

        JsonNode comparison = content.post("/v1/ranker/trainings", "{}").body();
        assertThat(comparison.path("won").asBoolean()).as(comparison.toString()).isTrue();
        JsonNode ranker = content.get("/v1/ranker").body();
        assertThat(ranker.at("/strategies/service/share").asDouble()).isGreaterThan(.2);
        assertThat(ranker.at("/strategies/service/lower").asDouble()).isPositive();
        generate("{\"count\": 20}");
        assertThat(strategies(drafts("approved")))
                .hasEntrySatisfying("service", count -> assertThat(count).isGreaterThanOrEqualTo(5));

        content.clock.advance(Duration.ofDays(3));
        adapt(adaptation, campaigns);
        List<JsonNode> retired = drafts("retired");
        assertThat(retired.size()).isGreaterThanOrEqualTo(5);
        assertThat(strategies(retired)).doesNotContainKey("service");
        JsonNode steps = content.get("/v1/campaigns/adapting/drafts/"
                        + retired.getFirst().path("draftId").asString())
                .body()
                .path("steps");
        assertThat(steps.path(steps.size() - 1).path("reason").asString()).isEqualTo("answers: 12 of 600");
        // As many as may be of what is expected to work, and no more than a third.
        assertThat(drafts("live").size()).isEqualTo(10);
        assertThat(strategies(drafts("live")).getOrDefault("service", 0)).isBetween(2, 3);

        // Shares by hand go before what was learned.
        generate("{\"count\": 4, \"shares\": {\"question\": 3, \"news\": 1}}");
        assertThat(content.get("/v1/campaigns/adapting/generations").text("/generations/0/request/shares/question"))
                .isEqualTo("0.75");
        assertThat(content.post("/v1/campaigns/adapting/generations", "{\"shares\": {\"luck\": 1}}")
                        .text("/errors/0/field"))
                .isEqualTo("shares.luck");
    }

    private static void adapt(Adaptation adaptation, Campaigns campaigns) {
        Campaign campaign = campaigns.find("adapting");
        assertThat(campaign).isNotNull();
        if (campaign != null) {
            adaptation.adapt(campaign);
        }
    }
}
