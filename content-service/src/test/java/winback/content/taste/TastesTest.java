package winback.content.taste;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import winback.content.RunningContent;
import winback.content.RunningContent.Answer;
import winback.content.brief.DemoBrief;
import winback.contracts.ActivityApplied;
import winback.contracts.ActivityType;
import winback.contracts.SubscriberErased;
import winback.contracts.SubscriberMerged;
import winback.contracts.TimePrecision;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;

class TastesTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    /** By variant. */
    private final Map<String, Double> energies = new HashMap<>();

    @Test
    void ownAnswersMoveTheStyleAndGoWithTheSubscriber() {
        try (RunningContent content = new RunningContent(infra)) {
            await().atMost(SOON).until(content::isReady);
            campaign(content);
            for (String id : List.of("zoe", "ana", "eva")) {
                content.publish(Topic.PROFILE, content.profile(id, 1, Map.of()));
            }
            await().atMost(SOON).until(() -> reader(content, "zoe").equals("lapsed"));

            double before = livelyShare(content, "zoe");
            List<ActivityApplied> answers = new ArrayList<>();
            int lively = 0;
            for (int i = 0; i < 1000 && lively < 4; i++) {
                Answer answer = content.personalize("zoe", "tempers", false);
                String decision = answer.text("/decisionId");
                if (energies.getOrDefault(answer.text("/variant"), .5) > .67) {
                    lively++;
                    answers.add(clicked(content, "zoe", decision));
                }
            }
            content.publish(Topic.FEEDBACK, answers);
            await().atMost(SOON).until(() -> reader(content, "zoe").equals("lapsed+lively"));
            assertThat(livelyShare(content, "zoe")).isGreaterThan(before + .05);
            assertThat(reader(content, "ana")).isEqualTo("lapsed");

            // With the answers the taste goes where they go, and is gone with them.
            content.publish(
                    Topic.IDENTITIES,
                    new SubscriberMerged("zoe", "eva", content.clock.instant().plusMillis(1)));
            await().atMost(SOON).until(() -> reader(content, "eva").equals("lapsed+lively"));
            JdbcClient db = content.context.getBean(JdbcClient.class);
            assertThat(count(db, "zoe")).isZero();
            content.publish(
                    Topic.IDENTITIES,
                    new SubscriberErased(
                            "eva",
                            content.clock.instant(),
                            content.clock.instant().plus(Duration.ofDays(8))));
            await().atMost(SOON).until(() -> count(db, "eva") == 0);
            Tastes tastes = content.context.getBean(Tastes.class);
            tastes.load();
            assertThat(tastes.of("eva")).isNull();
        }
    }

    private static long count(JdbcClient db, String subscriberId) {
        return db.sql("SELECT count(*) FROM taste WHERE subscriber_id = :id")
                .param("id", subscriberId)
                .query(Long.class)
                .single();
    }

    private void campaign(RunningContent content) {
        LocalDate today = LocalDate.ofInstant(content.clock.instant(), ZoneOffset.UTC);
        ObjectNode brief = (ObjectNode) JsonMapper.shared().readTree(DemoBrief.json(today));
        brief.put("campaignId", "tempers");
        ObjectNode campaign = JsonMapper.shared().createObjectNode();
        campaign.put("campaignId", "tempers").put("name", "t").put("language", "en");
        campaign.put("holdoutShare", 0).set("brief", brief);
        assertThat(content.post("/v1/campaigns", campaign).status()).isEqualTo(201);
        String location = content.post("/v1/campaigns/tempers/generations", "{\"count\": 12}")
                .response()
                .headers()
                .firstValue("Location")
                .orElseThrow();
        await().atMost(SOON).until(() -> content.get(location).text("/state").equals("completed"));
        for (JsonNode draft :
                content.get("/v1/campaigns/tempers/drafts?state=gated").body().path("drafts")) {
            energies.put(
                    draft.path("draftId").asString(),
                    draft.at("/attributes/energy").asDouble());
        }
        assertThat(energies.values().stream().distinct()).hasSize(3);
        Answer moved = content.post(
                "/v1/campaigns/tempers/drafts/moves",
                Map.of("to", "live", "drafts", List.copyOf(energies.keySet()), "by", "Marta"));
        assertThat(moved.status()).isEqualTo(200);
    }

    private static JsonNode explanation(RunningContent content, String subscriberId) {
        return content.post(
                        "/v1/personalizations?explain=true",
                        Map.of("subscriberId", subscriberId, "campaignId", "tempers"))
                .body()
                .path("explanation");
    }

    private static String reader(RunningContent content, String subscriberId) {
        return explanation(content, subscriberId).path("reader").asString("");
    }

    private double livelyShare(RunningContent content, String subscriberId) {
        JsonNode alternatives = explanation(content, subscriberId).path("alternatives");
        return energies.entrySet().stream()
                .filter(variant -> variant.getValue() > .67)
                .mapToDouble(variant -> alternatives.path(variant.getKey()).asDouble())
                .sum();
    }

    private static ActivityApplied clicked(RunningContent content, String subscriberId, String decisionId) {
        return new ActivityApplied(
                "click:" + decisionId,
                subscriberId,
                ActivityType.TRACK,
                "Email Link Clicked",
                content.clock.instant(),
                TimePrecision.INSTANT,
                false,
                null,
                decisionId,
                null,
                null,
                null,
                null);
    }
}
