package winback.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;
import winback.prediction.RunningService.Answer;

/** What live models see and say, and what becomes of it. Each test has a service, a schema and topics of its own. */
class DriftTest {

    private static final String SCHEMA = SimulatedShop.SCHEMA.fingerprint();
    private static final int NOISE = 6;
    private static final int DAYS = 400;
    private static final Instant NOW = Instant.parse("2026-06-30T23:00:00Z");
    private static final Duration SOON = Duration.ofMinutes(2);

    @RegisterExtension
    final Infrastructure infra = Infrastructure.shared();

    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 700, DAYS, 41);

    private PlayedProfileService play(RunningService service) {
        return new PlayedProfileService(
                shop, DAYS, NOW, infra.bootstrapServers(), infra.topicPrefix(), service.events());
    }

    private static void train(RunningService service, String model) {
        String id = service.post("/v1/models/" + model + "/trainings", "{}")
                .body()
                .get("trainingId")
                .asString();
        await().atMost(SOON)
                .until(
                        () -> service.get("/v1/trainings/" + id).body(),
                        job -> job.get("state").asString().equals("done"));
    }

    private static JsonNode check(RunningService service) {
        Answer answer = service.post("/v1/models/churn/drift?features=7", "");
        assertThat(answer.status()).isEqualTo(200);
        return answer.body();
    }

    private static JsonNode alerts(RunningService service, String query) {
        return service.get("/v1/alerts" + query).body().get("alerts");
    }

    private static PlayedProfileService.Mood noiseOf(float factor, float more) {
        return row -> {
            float[] features = row.features().clone();
            features[NOISE] = factor * features[NOISE] + more;
            return new SimulatedShop.Row(row.subscriberId(), features, row.orders(), row.spend());
        };
    }

    private static String metrics(RunningService service) {
        return service.get("/actuator/prometheus").body().asString();
    }

    @Test
    void aFeatureThatDriftsRaisesOneAlertThatOutlivesARestartAndClosesByItself() throws InterruptedException {
        PlayedProfileService profile;
        String alert;
        try (RunningService service = new RunningService(infra, NOW, "--winback.drift.every=1h")) {
            profile = play(service);
            assertThat(service.get("/v1/models/churn/drift")
                            .body()
                            .get("detail")
                            .asString())
                    .isEqualTo("No churn model is live; train one.");
            int customers = profile.publishProfiles(1, SCHEMA);
            train(service, "churn");

            JsonNode steady = await().atMost(SOON)
                    .until(
                            () -> check(service),
                            found -> found.get("population").has("score"));
            JsonNode population = steady.get("population");
            assertThat(population.get("customers").asInt()).isEqualTo(customers);
            assertThat(population.get("score").get("level").asString()).isEqualTo("steady");
            assertThat(population.get("compared").asInt()).isEqualTo(7);
            assertThat(population.get("drifted").asInt()).isZero();
            assertThat(population.get("features")).hasSize(7);
            assertThat(steady.get("reference").get("asOf").asString()).isEqualTo("2026-06-30T23:00:00Z");
            assertThat(steady.get("reference").get("rows").asInt()).isEqualTo(customers);
            assertThat(steady.get("alerts")).isEmpty();
            assertThat(metrics(service)).contains("winback_alerts_raised_total{kind=\"feature\",model=\"churn\"} 0.0");

            profile.mood = noiseOf(1, 1);
            profile.publishProfiles(2, SCHEMA);
            awaitVectors(service, 2, customers);
            assertThat(alerts(service, "")).isEmpty();
            service.advance(Duration.ofMinutes(61));
            JsonNode drifted = await().atMost(SOON)
                    .until(
                            () -> service.get("/v1/models/churn/drift?features=1")
                                    .body(),
                            found -> !found.get("alerts").isEmpty());
            assertThat(drifted.get("population").get("checkedAt").asString()).isEqualTo("2026-07-01T00:01:00Z");
            assertThat(drifted.get("population")
                            .get("features")
                            .get(0)
                            .get("name")
                            .asString())
                    .isEqualTo("noise");

            check(service);
            JsonNode open = alerts(service, "?open=true");
            assertThat(open).hasSize(1);
            alert = open.get(0).get("alertId").asString();
            assertThat(open.get(0).get("kind").asString()).isEqualTo("feature");
            assertThat(open.get(0).get("subject").asString()).isEqualTo("noise");
            assertThat(open.get(0).get("version").asString()).isEqualTo("churn-1");
            assertThat(open.get(0).get("value").asDouble())
                    .isGreaterThan(open.get(0).get("threshold").asDouble());
            assertThat(open.get(0).get("sentence").asString())
                    .startsWith("noise of the customers that churn-1 sees is distributed otherwise");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(metrics(service))
                            .contains("winback_alerts_raised_total{kind=\"feature\",model=\"churn\"} 1.0")
                            .contains("winback_alerts_open{kind=\"feature\",model=\"churn\"} 1.0")
                            .contains("winback_alerts_open{kind=\"outcomes\",model=\"churn\"} 0.0")
                            .contains("winback_drift_features{model=\"churn\"} 1.0")
                            .contains("winback_drift_score_psi{model=\"churn\"} "));
        }
        try (RunningService service = new RunningService(infra, NOW.plus(Duration.ofHours(3)))) {
            profile.publishWith(service.events());
            assertThat(alerts(service, "?open=true").get(0).get("alertId").asString())
                    .isEqualTo(alert);

            profile.mood = row -> row;
            profile.publishProfiles(3, SCHEMA);
            await().atMost(SOON)
                    .until(() -> check(service), found -> found.get("alerts").isEmpty());

            assertThat(alerts(service, "?open=true")).isEmpty();
            JsonNode closed = alerts(service, "?open=false&limit=1");
            assertThat(closed.get(0).get("alertId").asString()).isEqualTo(alert);
            assertThat(closed.get(0).get("closedAt").asString()).isEqualTo("2026-07-01T02:00:00Z");
            assertThat(closed.get(0).get("closing").asString()).isEqualTo("It is not above its threshold any more.");
            assertThat(service.get("/v1/alerts?limit=0").status()).isEqualTo(400);
            assertThat(service.get("/v1/alerts?cursor=zzz").status()).isEqualTo(400);
            assertThat(service.get("/v1/models/churn/drift?features=51").status())
                    .isEqualTo(400);
            assertThat(service.get("/v1/models/luck/drift").status()).isEqualTo(404);
        }
        profile.close();
    }

    private static void awaitVectors(RunningService service, int profileVersion, int count) {
        await().atMost(SOON)
                .until(() -> service.db()
                        .sql("SELECT count(*) FROM vector WHERE profile_version = :version")
                        .param("version", profileVersion)
                        .query(Integer.class)
                        .single()
                        .equals(count));
    }

    @Test
    void whatWasTheSameForEveryoneRaisesNoAlarmAndNobodyIsKept() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW);
                PlayedProfileService profile = play(service)) {
            // As the season is: the same for all, and other at another time.
            profile.mood = noiseOf(0, .2f);
            train(service, "churn");
            profile.mood = noiseOf(0, .9f);
            int customers = profile.publishProfiles(1, SCHEMA);
            profile.publish(Topic.PROFILE, profile.profile("of-another", 1, "another-schema", new float[] {1, 2}));

            JsonNode found = await().atMost(SOON)
                    .until(
                            () -> check(service),
                            drift -> drift.path("population")
                                                    .path("ofOtherSchema")
                                                    .asInt()
                                            == 1
                                    && drift.path("population")
                                                    .path("customers")
                                                    .asInt()
                                            == customers
                                    && drift.get("population").has("score"));
            assertThat(found.get("population").get("notCompared")).hasSize(1);
            assertThat(found.get("population").get("notCompared").get(0).asString())
                    .isEqualTo("noise");
            assertThat(found.get("population").get("compared").asInt()).isEqualTo(6);
            assertThat(found.get("alerts")).isEmpty();

            profile.erase("s00001");
            await().atMost(SOON)
                    .until(
                            () -> check(service),
                            drift -> drift.get("population").get("customers").asInt() == customers - 1);
            assertThat(service.db()
                            .sql("SELECT bins::text FROM drift_reference"
                                    + " UNION ALL SELECT result::text FROM drift_check")
                            .query(String.class)
                            .list())
                    .hasSize(2)
                    .allSatisfy(kept -> assertThat(kept).doesNotContainPattern("s0\\d{4}"));

            // As while another version is being rescored.
            service.db()
                    .sql("UPDATE score SET scores = '{}' WHERE subscriber_id > :id")
                    .param("id", "s%05d".formatted(customers * 3 / 5))
                    .update();
            JsonNode unscored = check(service).get("population");
            assertThat(unscored.has("score")).isFalse();
            assertThat(unscored.get("scoreDetail").asString())
                    .matches("\\d+ of \\d+ customers are scored by churn-1 so far\\.");
            // As if these were all whom a canary does not score.
            service.db()
                    .sql("INSERT INTO model_serving (name, version, share, began_at, began_because)"
                            + " VALUES ('churn', 'churn-1', .5, now(), 'test')")
                    .update();
            assertThat(check(service).get("population").has("score")).isTrue();

            // As if a release had trained it that kept no reference.
            service.db().sql("DELETE FROM drift_reference").update();
            service.db().sql("DELETE FROM drift_check").update();
            JsonNode without = check(service);
            assertThat(without.get("version").asString()).isEqualTo("churn-1");
            assertThat(without.get("detail").asString())
                    .isEqualTo("churn-1 was trained by a release that did not keep what it was fitted on;"
                            + " train it again.");
            assertThat(without.has("population")).isFalse();
        }
    }

    @Test
    void comparesWhatWasPredictedWithWhatHappenedSinceTheTraining() throws InterruptedException {
        Instant then = NOW.minus(Duration.ofDays(60));
        try (RunningService service = new RunningService(
                        infra, then, "--winback.drift.outcomes-every=7d", "--winback.drift.ece-tolerance=.1");
                PlayedProfileService profile = play(service)) {
            train(service, "churn");
            train(service, "value");
            Answer early = service.post("/v1/models/churn/outcomes", "");
            assertThat(early.status()).isEqualTo(409);
            assertThat(early.body().get("code").asString()).isEqualTo("no-outcomes-yet");
            assertThat(service.get("/v1/models/churn/drift")
                            .body()
                            .get("outcomesDetail")
                            .asString())
                    .isEqualTo("No outcome since the training is known yet: churn-1 learned from what happened until"
                            + " 2026-05-01T23:00:00Z, and 7 days have to follow.");

            // On schedule.
            service.advance(Duration.ofDays(60));
            JsonNode churn = await().atMost(SOON)
                    .until(() -> service.get("/v1/models/churn/drift").body(), drift -> drift.has("outcomes"));
            JsonNode value = await().atMost(SOON)
                    .until(() -> service.get("/v1/models/value/drift").body(), drift -> drift.has("outcomes"));
            assertThat(churn.get("outcomes").get("cutoff").asString()).isEqualTo("2026-05-31T23:00:00Z");
            assertThat(churn.get("outcomes").get("labelDays").asInt()).isEqualTo(30);
            JsonNode probability = churn.get("outcomes").get("probability");
            assertThat(probability.get("customers").asInt()).isGreaterThan(600);
            assertThat(probability.get("ece").asDouble()).isLessThan(.08);
            assertThat(churn.get("alerts")).isEmpty();
            // As much of the 365 days as the training has not seen.
            assertThat(value.get("outcomes").get("labelDays").asInt()).isEqualTo(60);
            assertThat(value.get("outcomes").get("total").get("ratio").asDouble())
                    .isBetween(.6, 1.5);

            profile.mood = row -> new SimulatedShop.Row(row.subscriberId(), row.features(), 0, 0);
            Answer asked = service.post("/v1/models/churn/outcomes", "");
            assertThat(asked.status()).isEqualTo(202);
            String id = asked.body().get("outcomesId").asString();
            JsonNode done = await().atMost(SOON)
                    .until(
                            () -> service.get("/v1/outcomes/" + id).body(),
                            job -> job.get("state").asString().equals("done"));
            assertThat(done.get("detail").asString()).contains("it came to 100.0 %");
            assertThat(done.get("result").get("probability").get("outside").toString())
                    .contains("observed", "ece");
            JsonNode open = alerts(service, "?open=true");
            assertThat(open).hasSize(1);
            assertThat(open.get(0).get("kind").asString()).isEqualTo("outcomes");
            assertThat(open.get(0).get("model").asString()).isEqualTo("churn");

            // As when it is taken out of service.
            service.db().sql("UPDATE model_version SET live = false").update();
            await().atMost(SOON).until(() -> alerts(service, "?open=true").isEmpty());
            assertThat(alerts(service, "").get(0).get("closing").asString())
                    .isEqualTo("No version is served any more.");
        }
    }
}
