package winback.content.decisions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import winback.content.RunningContent;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;

class PersonalizerTest {

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    /** DESIGN rule 5, on the whole path, and that the projection keeps up with it. */
    @Test
    void frequenciesOverManyDecisionsMatchTheLoggedPropensities() {
        try (RunningContent content = new RunningContent(
                infra,
                "--winback.decisions.projected-per-second=100000",
                "--winback.decisions.projected-when-busy=100000")) {
            await().atMost(Duration.ofSeconds(30)).until(content::isReady);
            content.post("/v1/campaigns", RunningContent.campaign("frequency", 0, 0));
            Personalizer personalizer = content.context.getBean(Personalizer.class);
            DecisionLog log = content.context.getBean(DecisionLog.class);
            Map<String, Integer> drawn = new HashMap<>();
            Map<String, Double> propensities = new HashMap<>();
            int n = 100_000;
            for (int i = 0; i < n; i++) {
                Personalization answer = personalizer.personalize(
                        Personalizer.Ask.begun("f-" + i, "frequency", false, Duration.ofMinutes(1)));
                String variant = String.valueOf(answer.variant());
                drawn.merge(variant, 1, Integer::sum);
                propensities.put(variant, answer.propensity());
                if (i % 20_000 == 0) {
                    await().atMost(Duration.ofSeconds(60)).until(() -> log.unpublished() < 20_000);
                }
            }
            double chiSquare = 0;
            for (var each : drawn.entrySet()) {
                double expected = n * propensities.getOrDefault(each.getKey(), 0.);
                chiSquare += (each.getValue() - expected) * (each.getValue() - expected) / expected;
            }
            assertThat(propensities).hasSize(2);
            assertThat(chiSquare).isLessThan(10.83); // 99.9th percentile of χ² with 1 degree of freedom
            JdbcClient db = content.context.getBean(JdbcClient.class);
            await().atMost(Duration.ofMinutes(3))
                    .until(() -> db.sql("SELECT count(*) FROM decision WHERE campaign_id = 'frequency'")
                                    .query(Long.class)
                                    .single()
                            == n);
        }
    }

    @Test
    void whatIsLateIsReplacedByItsFallbackAndSaysSo() {
        try (RunningContent content = new RunningContent(infra)) {
            await().atMost(Duration.ofSeconds(30)).until(content::isReady);
            content.post("/v1/campaigns", RunningContent.campaign("late", 0, 0));
            content.publish(
                    Topic.PROFILE, content.profile("late-1", 1, Map.of("firstName", "Ann", "email", "a@x.example")));
            content.publish(Topic.SCORES, content.scores("late-1", 1));
            content.publish(Topic.SEND_TIMES, content.sendTimes("late-1", 1, 17));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> content.personalize("late-1", "late", false)
                            .body()
                            .at("/fallbacks")
                            .isEmpty());
            Personalizer personalizer = content.context.getBean(Personalizer.class);
            Personalization late =
                    personalizer.personalize(Personalizer.Ask.begun("late-1", "late", false, Duration.ZERO));
            assertThat(late.fallbacks())
                    .containsExactly(Fallback.LATE_POLICY, Fallback.LATE_CONTENT, Fallback.LATE_SEND_TIME);
            assertThat(late.propensity()).isEqualTo(.5);
            assertThat(late.explanation().policy()).isEqualTo("uniform");
            assertThat(new String(late.json(false).rest().toByteArray(), StandardCharsets.UTF_8))
                    .contains("{\"stage\":\"content\",\"used\":\"plain\",\"why\":\"deadline\"}");
            assertThat(content.get("/v1/decisions/" + late.decisionId() + "/mail")
                            .text("/text"))
                    .startsWith("Hi there\n");
            // An object is nothing that a mail could say.
            content.publish(Topic.PROFILE, content.profile("late-2", 1, Map.of("firstName", Map.of("a", List.of(1)))));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !content.personalize("late-2", "late", false)
                            .body()
                            .at("/fallbacks")
                            .toString()
                            .contains("unknown-subscriber"));
            Personalization nameless =
                    personalizer.personalize(Personalizer.Ask.begun("late-2", "late", false, Duration.ofMinutes(1)));
            assertThat(content.get("/v1/decisions/" + nameless.decisionId() + "/mail")
                            .text("/text"))
                    .startsWith("Hi there\n");
            assertThat(content.post(
                                    "/v1/personalizations",
                                    Map.of("subscriberId", "late-1", "campaignId", "late", "budgetMillis", 0))
                            .text("/errors/0/field"))
                    .isEqualTo("budgetMillis");
        }
    }
}
