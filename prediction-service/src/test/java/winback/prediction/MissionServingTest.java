package winback.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;
import winback.prediction.RunningService.Answer;
import winback.prediction.models.ModelName;
import winback.prediction.rollout.Rollouts;

/** The mission's recipes from the request for a training to scores, over the last periods of each subscriber. */
class MissionServingTest {

    private static final int DAYS = 400;
    private static final Instant NOW = Instant.parse("2026-06-30T23:00:00Z");
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String SCHEMA = SimulatedShop.SCHEMA.fingerprint();

    /** Small, for the sake of time. */
    private static final String[] SMALL = {
        "--winback.recipes.mission.churn.units=8,4,4",
        "--winback.recipes.mission.churn.trees=20",
        "--winback.recipes.mission.value.trees=40",
        "--winback.recipes.mission.value.units=8,4"
    };

    @RegisterExtension
    final Infrastructure infra = Infrastructure.shared();

    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 500, DAYS, 31);

    /** Orders lately in one column, and how long ago in the other: more than enough for the network. */
    private static float[][] periods(SimulatedShop.Row row) {
        float[][] periods = new float[12][2];
        for (int period = 0; period < 12; period++) {
            periods[period][0] = period >= 9 ? row.features()[5] / 3 : 0;
            periods[period][1] = row.features()[3] / 30;
        }
        return periods;
    }

    private static JsonNode train(RunningService service, String model, String body) {
        String training = service.post("/v1/models/" + model + "/trainings", body)
                .body()
                .get("trainingId")
                .asString();
        return await().atMost(SOON)
                .until(
                        () -> service.get("/v1/trainings/" + training).body(),
                        job -> List.of("done", "failed")
                                .contains(job.get("state").asString()));
    }

    private static JsonNode version(RunningService service, String model, String version) {
        return service.get("/v1/models/" + model + "/versions/" + version).body();
    }

    private static void awaitScores(RunningService service, String model, String... expected) {
        await().atMost(SOON)
                .until(() -> service.db()
                        .sql("SELECT DISTINCT coalesce(scores -> :model ->> 'modelVersion', 'none') FROM score"
                                + " ORDER BY 1")
                        .param("model", model)
                        .query(String.class)
                        .list()
                        .equals(List.of(expected)));
    }

    private static void refuses(Answer answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body().get("code").asString()).isEqualTo(code);
    }

    @Test
    void theMissionsChurnIsTrainedComparedAndServedOverTheLastPeriods() throws InterruptedException {
        PlayedProfileService profile;
        try (RunningService service = new RunningService(infra, NOW, SMALL)) {
            profile = new PlayedProfileService(
                    shop, DAYS, NOW, infra.bootstrapServers(), infra.topicPrefix(), service.events());
            refuses(service.post("/v1/models/churn/trainings", "{\"recipe\": \"best\"}"), 400, "invalid-request");
            JsonNode without = train(service, "churn", "{\"recipe\": \"mission\"}");
            assertThat(without.get("detail").asString())
                    .contains("without the last periods of the customers, or with the same for all");

            profile.periods = MissionServingTest::periods;
            train(service, "churn", "{}");
            assertThat(version(service, "churn", "churn-1").get("recipe").asString())
                    .isEqualTo("ensemble");
            JsonNode job = train(service, "churn", "{\"recipe\": \"mission\"}");
            assertThat(job.get("detail").asString())
                    .as("a sum with a decision value in it is no probability")
                    .startsWith("churn-2 is not served.")
                    .contains("that of the recipe of churn-1")
                    .contains("It is worse, beyond noise.");
            JsonNode kept = version(service, "churn", "churn-2");
            assertThat(kept.get("recipe").asString()).isEqualTo("mission");
            assertThat(kept.get("parameters")
                            .get("mission")
                            .get("anomalyWeight")
                            .asDouble())
                    .isEqualTo(.4);
            assertThat(kept.get("importanceByGroup").get(0).get("lossIncrease").asDouble())
                    .as("of behaviour, with which the periods are exchanged")
                    .isNotZero();
            // What lost is not served, not even by hand.
            refuses(service.post("/v1/models/churn/promote", "{\"version\": \"churn-2\"}"), 409, "no-canary");
            refuses(service.post("/v1/models/churn/rollback", "{\"version\": \"churn-2\"}"), 409, "never-live");

            profile.publishProfiles(1, SCHEMA);
            awaitScores(service, "churn", "churn-1");
            // A row of before periods were kept.
            service.db()
                    .sql("UPDATE vector SET periods = '' WHERE subscriber_id = 's00001'")
                    .update();
            service.bean(Rollouts.class).goLive(ModelName.CHURN, "churn-2", "the test wants it");
            awaitScores(service, "churn", "churn-2", "none");
            assertThat(service.get("/v1/subscribers/s00001/predictions")
                            .body()
                            .get("detail")
                            .asString())
                    .contains("churn-2 looks at the last periods, 24 numbers, which this vector came without");
            assertThat(service.get("/actuator/prometheus").body().asString())
                    .containsPattern("winback_scoring_refused_total\\{model=\"churn\"} [1-9]");
            explains(service);
            scoresRawVectors(service);
        }
        try (RunningService service = new RunningService(infra, NOW, SMALL)) {
            profile.publishWith(service.events());
            profile.publishProfiles(2, SCHEMA);
            awaitScores(service, "churn", "churn-2");
            assertThat(version(service, "churn", "churn-2").get("state").asString())
                    .isEqualTo("serving");

            assertThat(train(service, "churn", "{\"recipe\": \"mission\"}")
                            .get("detail")
                            .asString())
                    .startsWith("churn-3 is live.")
                    .contains("the same recipe as churn-2");
            assertThat(train(service, "churn", "{}").get("detail").asString())
                    .as("better than the mission's recipe, fitted again on the same rows")
                    .startsWith("churn-4 is live.")
                    .contains("that of the recipe of churn-3");
        }
        profile.close();
    }

    private static void explains(RunningService service) {
        JsonNode why = service.get("/v1/subscribers/s00002/predictions?explain=true")
                .body()
                .get("scores")
                .get("churn")
                .get("explanation");
        assertThat(why.get("scale").asString()).isEqualTo("the score itself");
        assertThat(why.get("contributions")).isEmpty();
        assertThat(why.get("unexplained"))
                .extracting(JsonNode::asString)
                .containsExactly("isolation forest", "network over the last periods");
    }

    private void scoresRawVectors(RunningService service) {
        SimulatedShop.Row row = shop.rows(DAYS - 1, 0).get(5);
        Map<String, Object> with = Map.of("featureSchema", SCHEMA, "features", row.features(), "periods", periods(row));
        Map<String, Object> without = Map.of("featureSchema", SCHEMA, "features", row.features());
        JsonNode answered = service.post(
                        "/v1/predictions",
                        JsonMapper.shared().writeValueAsString(Map.of("vectors", List.of(with, without))))
                .body()
                .get("predictions");
        double kept = service.get("/v1/subscribers/" + row.subscriberId() + "/predictions")
                .body()
                .get("scores")
                .get("churn")
                .get("value")
                .asDouble();
        assertThat(answered.get(0).get("scores").get("churn").get("value").asDouble())
                .isEqualTo(kept);
        assertThat(answered.get(1).get("scores").has("churn")).isFalse();
        assertThat(answered.get(1).get("detail").asString()).contains("churn-2 looks at the last periods");

        List<Object> ragged = new ArrayList<>(Collections.nCopies(12, List.of(1, 2)));
        ragged.set(7, List.of(1));
        for (Map.Entry<String, Object> fault : Map.<String, Object>of(
                        "vectors[0].periods", List.of(List.of(1)),
                        "vectors[0].periods[7]", ragged,
                        "vectors[0].periods[0][1]", Collections.nCopies(12, List.of(1, 1e39)))
                .entrySet()) {
            Answer answer = service.post(
                    "/v1/predictions",
                    JsonMapper.shared()
                            .writeValueAsString(Map.of(
                                    "vectors",
                                    List.of(Map.of(
                                            "featureSchema",
                                            SCHEMA,
                                            "features",
                                            row.features(),
                                            "periods",
                                            fault.getValue())))));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body().get("errors").get(0).get("field").asString())
                    .isEqualTo(fault.getKey());
        }
    }

    @Test
    void theMissionsValueIsTheConfiguredOneAndSurvivesARestart() throws InterruptedException {
        String[] configured = java.util.Arrays.copyOf(SMALL, SMALL.length + 1);
        configured[SMALL.length] = "--winback.recipes.value=mission";
        PlayedProfileService profile;
        try (RunningService service = new RunningService(infra, NOW, configured)) {
            profile = new PlayedProfileService(
                    shop, DAYS, NOW, infra.bootstrapServers(), infra.topicPrefix(), service.events());
            train(service, "value", "{}");
            JsonNode version = version(service, "value", "value-1");
            assertThat(version.get("recipe").asString()).isEqualTo("mission");
            assertThat(version.get("parameters").get("mission").get("trees").asInt())
                    .isEqualTo(40);
            assertThat(version.get("verdict").asString()).contains("that of the base rate");
            service.bean(Rollouts.class).goLive(ModelName.VALUE, "value-1", "the test wants it");
        }
        try (RunningService service = new RunningService(infra, NOW, configured)) {
            profile.publishWith(service.events());
            profile.publishProfiles(1, SCHEMA);
            awaitScores(service, "value", "value-1");
            JsonNode why = service.get("/v1/subscribers/s00002/predictions?explain=true")
                    .body()
                    .get("scores")
                    .get("value")
                    .get("explanation");
            assertThat(why.get("contributions")).isNotEmpty();
            assertThat(why.get("unexplained")).extracting(JsonNode::asString).containsExactly("network");
            profile.publish(Topic.PROFILE, profile.profile("new", 1, SCHEMA, new float[] {
                0, Float.NaN, Float.NaN, Float.NaN, Float.NaN, 0, .5f
            }));
            await().atMost(SOON)
                    .until(() -> service.get("/v1/subscribers/new/predictions").status() == 200);
            assertThat(service.get("/v1/subscribers/new/predictions").body().get("scores"))
                    .isEmpty();
        }
        profile.close();
    }
}
