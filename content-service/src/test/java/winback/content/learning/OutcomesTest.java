package winback.content.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import winback.content.RunningContent;
import winback.content.learning.Outcome.Kind;
import winback.infrastructure.junit.Infrastructure;

class OutcomesTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    @Test
    void aDecisionThatArrivesWhileOutcomesAreSettledCounts() throws Exception {
        try (RunningContent content = new RunningContent(infra)) {
            await().atMost(Duration.ofSeconds(30)).until(content::isReady);
            content.post("/v1/campaigns", RunningContent.campaign("meanwhile", 0, 0));
            String early = content.personalize("early", "meanwhile", false).text("/decisionId");
            String late = content.personalize("late", "meanwhile", false).text("/decisionId");
            JdbcClient db = content.context.getBean(JdbcClient.class);
            TransactionTemplate transactions = content.context.getBean(TransactionTemplate.class);
            Outcomes outcomes = content.context.getBean(Outcomes.class);
            await().atMost(SOON)
                    .until(() -> db.sql("SELECT count(*) FROM decision WHERE decision_id IN (?, ?)")
                                    .params(early, late)
                                    .query(Long.class)
                                    .single()
                            == 2);
            db.sql("CREATE TABLE not_yet AS SELECT * FROM decision WHERE decision_id = ?")
                    .param(late)
                    .update();
            db.sql("DELETE FROM decision WHERE decision_id = ?").param(late).update();
            CountDownLatch held = new CountDownLatch(1);
            CompletableFuture<Void> arrival = CompletableFuture.runAsync(() -> transactions.executeWithoutResult(tx -> {
                db.sql("SELECT 1 FROM decision WHERE decision_id = ? FOR UPDATE")
                        .param(early)
                        .query(Integer.class)
                        .single();
                held.countDown();
                // Whoever settles counts the first decision now, or is about to.
                await().atMost(SOON)
                        .until(() -> db.sql("SELECT count(*) FROM pg_locks WHERE NOT granted")
                                        .query(Long.class)
                                        .single()
                                > 0);
                db.sql("INSERT INTO decision SELECT * FROM not_yet").update();
            }));
            assertThat(held.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            transactions.executeWithoutResult(tx -> {
                Instant now = Instant.now();
                outcomes.write(List.of(new Outcome(early, Kind.EXPOSED, now), new Outcome(late, Kind.EXPOSED, now)));
                outcomes.settleWithOrders(List.of(early, late));
            });
            arrival.get(SOON.toSeconds(), TimeUnit.SECONDS);
            await().atMost(SOON)
                    .until(() -> db.sql("SELECT sum(exposures) FROM variant WHERE campaign_id = 'meanwhile'")
                                    .query(Long.class)
                                    .single()
                            == 2);
        }
    }
}
