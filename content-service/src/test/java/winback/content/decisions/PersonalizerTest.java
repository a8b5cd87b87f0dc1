package winback.content.decisions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import winback.content.RunningContent;
import winback.infrastructure.junit.Infrastructure;

class PersonalizerTest {

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    /** DESIGN rule 5, on the whole path, and that the projection keeps up with it. */
    @Test
    void frequenciesOverManyDecisionsMatchTheLoggedPropensities() {
        try (RunningContent content = new RunningContent(infra, "--winback.decisions.projected-per-second=100000")) {
            await().atMost(Duration.ofSeconds(30)).until(content::isReady);
            content.post("/v1/campaigns", RunningContent.campaign("frequency", 0, 0));
            Personalizer personalizer = content.context.getBean(Personalizer.class);
            DecisionLog log = content.context.getBean(DecisionLog.class);
            Map<String, Integer> drawn = new HashMap<>();
            Map<String, Double> propensities = new HashMap<>();
            int n = 100_000;
            for (int i = 0; i < n; i++) {
                Personalization answer = personalizer.personalize("f-" + i, "frequency", false);
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
                    .until(() -> db.sql("SELECT count(*) FROM decision")
                                    .query(Long.class)
                                    .single()
                            == n);
        }
    }
}
