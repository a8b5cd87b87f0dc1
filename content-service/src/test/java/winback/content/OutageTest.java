package winback.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static winback.content.RunningContent.campaign;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import winback.content.RunningContent.Answer;
import winback.contracts.ProfileChanged;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;

class OutageTest {

    private static final Duration A_WHILE = Duration.ofSeconds(40);

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.own();

    @Test
    void neitherPostgresNorKafkaNorARestartIsNoticedByThePath() {
        int known = 3000;
        String warm = "";
        Answer live;
        try (RunningContent content = new RunningContent(infra)) {
            await().atMost(A_WHILE).until(content::isReady);
            assertThat(content.post("/v1/campaigns", campaign("outage", 0, 2)).status())
                    .isEqualTo(201);
            List<ProfileChanged> profiles = new ArrayList<>();
            for (int i = 0; i < known; i++) {
                profiles.add(content.profile(
                        "s-" + i, 1, Map.of("firstName", "Name" + i, "email", "s-" + i + "@example.org")));
            }
            content.publish(Topic.PROFILE, profiles);
            await().atMost(A_WHILE)
                    .until(() -> content.personalize("s-" + (known - 1), "outage", false)
                            .text("/content/text")
                            .startsWith("Hi Name"));
            live = content.personalize("s-1", "outage", true);
            assertThat(live.body().at("/immediate").asBoolean()).isTrue();

            // PostgreSQL away.
            infra.stopPostgres();
            for (int i = 0; i < 50; i++) {
                Answer answer = content.personalize("s-" + i, "outage", false);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.text("/content/text")).startsWith("Hi Name" + i + "\n");
            }
            Answer repeated = content.personalize("s-1", "outage", true);
            assertThat(repeated.text("/decisionId")).isEqualTo(live.text("/decisionId"));
            assertThat(repeated.body().at("/content")).isEqualTo(live.body().at("/content"));
            assertThat(content.get("/v1/campaigns/outage").status()).isEqualTo(200);
            Answer away = content.get("/v1/decisions/none");
            assertThat(away.status()).isEqualTo(503);
            assertThat(away.response().headers().firstValue("Retry-After")).isPresent();
            assertThat(content.get("/v1/decisions/" + live.text("/decisionId") + "/mail")
                            .status())
                    .isEqualTo(200);
            infra.startPostgres();
            JdbcClient db = content.context.getBean(JdbcClient.class);
            await().atMost(A_WHILE)
                    .ignoreExceptions()
                    .until(() -> db.sql("SELECT count(*) FROM decision")
                                    .query(Long.class)
                                    .single()
                            >= 51);

            // Kafka away.
            infra.stopKafka();
            Set<String> decided = new HashSet<>();
            for (int i = 0; i < 200; i++) {
                Answer answer = content.personalize("s-" + i, "outage", false);
                assertThat(answer.status()).isEqualTo(200);
                decided.add(answer.text("/decisionId"));
            }
            assertThat(decided).hasSize(200);
            warm = decided.iterator().next();
            assertThat(content.get("/v1/decisions/" + warm + "/mail").status()).isEqualTo(200);
            infra.startKafka();
            await().atMost(A_WHILE)
                    .until(() -> db.sql("SELECT count(*) FROM decision WHERE decision_id = ANY (:ids)")
                                    .param("ids", decided.toArray(String[]::new))
                                    .query(Long.class)
                                    .single()
                            == 200);
            // And the cache goes on by itself.
            content.publish(Topic.PROFILE, content.profile("s-0", 2, Map.of("firstName", "Changed")));
            await().atMost(A_WHILE)
                    .until(() -> content.personalize("s-0", "outage", false)
                            .text("/content/text")
                            .startsWith("Hi Changed"));
        }

        // Restarted: not ready until everything is there again.
        try (RunningContent content = new RunningContent(infra)) {
            boolean ready = content.isReady();
            if (ready) {
                assertThat(content.personalize("s-" + (known - 1), "outage", false)
                                .text("/content/text"))
                        .startsWith("Hi Name");
            }
            await().atMost(A_WHILE).until(content::isReady);
            for (int i = 1; i < known; i += 100) {
                assertThat(content.personalize("s-" + i, "outage", false).text("/content/text"))
                        .startsWith("Hi Name" + i + "\n");
            }
            Answer repeated = content.personalize("s-1", "outage", true);
            assertThat(repeated.text("/decisionId")).isEqualTo(live.text("/decisionId"));
            assertThat(repeated.body().at("/content")).isEqualTo(live.body().at("/content"));
            // One of the two places for immediate deliveries was taken before.
            assertThat(content.personalize("s-2", "outage", true)
                            .body()
                            .at("/immediate")
                            .asBoolean())
                    .isTrue();
            assertThat(content.personalize("s-3", "outage", true)
                            .body()
                            .at("/immediate")
                            .asBoolean())
                    .isFalse();
        }
    }

    @Test
    void aFullLogIsSaidAndEndsWhenKafkaIsBack() {
        try (RunningContent content =
                new RunningContent(infra, "--winback.journal.segment=64KB", "--winback.journal.most=192KB")) {
            await().atMost(A_WHILE).until(content::isReady);
            content.post("/v1/campaigns", campaign("full", 0, 0));
            infra.stopKafka();
            Answer last = null;
            for (int i = 0; i < 1_000 && (last == null || last.status() == 200); i++) {
                last = content.personalize("s-" + i, "full", false);
            }
            assertThat(last).isNotNull();
            assertThat(last.status()).isEqualTo(503);
            assertThat(last.text("/code")).isEqualTo("decision-log-full");
            assertThat(last.response().headers().firstValue("Retry-After")).isPresent();
            infra.startKafka();
            await().atMost(A_WHILE)
                    .until(() -> content.personalize("s-x", "full", false).status() == 200);
        }
    }
}
