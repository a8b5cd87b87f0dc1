package winback.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import winback.contracts.ScoresChanged;
import winback.contracts.Topic;
import winback.contracts.TrainingSetRequested;
import winback.infrastructure.junit.Infrastructure;
import winback.prediction.RunningService.Answer;

/** The service on a real PostgreSQL and a real Kafka; profile-service's part is played. */
@SuppressWarnings("NullAway.Init") // set up before all tests
class PredictionServiceTest {

    private static final String SCHEMA = SimulatedShop.SCHEMA.fingerprint();
    private static final int DAYS = 500;
    private static final Instant NOW = Instant.parse("2026-06-30T23:00:00Z");
    private static final Duration SOON = Duration.ofSeconds(90);

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    private static RunningService service;
    private static PlayedProfileService profile;
    private static KafkaConsumer<String, Object> scoresTopic;
    private static int subscribers;
    private static JsonNode beforeAnyModel;

    /** What the topic holds after compaction: the newest event of each key, null after a tombstone. */
    private static final Map<String, @Nullable ScoresChanged> published = new HashMap<>();

    @BeforeAll
    static void trainBothModels() {
        service = new RunningService(infra, NOW);
        profile = new PlayedProfileService(
                new SimulatedShop(SimulatedShop.BUSY, 900, DAYS, 21),
                DAYS,
                NOW,
                infra.bootstrapServers(),
                infra.topicPrefix(),
                service.events());
        scoresTopic = PlayedProfileService.consumer(infra.bootstrapServers());
        scoresTopic.subscribe(java.util.List.of(infra.topicPrefix() + Topic.SCORES.wireName()));

        subscribers = profile.publishProfiles(5, SCHEMA);
        await().atMost(SOON).until(() -> predictions("s00007").status() == 200);
        beforeAnyModel = predictions("s00007").body();

        // Kafka may bring a row more than once.
        profile.copies = 2;
        String churn = service.post("/v1/models/churn/trainings", "{}")
                .body()
                .get("trainingId")
                .asString();
        String value = service.post("/v1/models/value/trainings", "")
                .body()
                .get("trainingId")
                .asString();
        await().atMost(Duration.ofMinutes(4)).until(() -> ended(churn) && ended(value));
        profile.copies = 1;
    }

    @AfterAll
    static void stop() throws InterruptedException {
        scoresTopic.close();
        profile.close();
        service.close();
    }

    private static Answer predictions(String subscriber) {
        return service.get("/v1/subscribers/" + subscriber + "/predictions");
    }

    private static boolean ended(String training) {
        String state =
                service.get("/v1/trainings/" + training).body().get("state").asString();
        return state.equals("done") || state.equals("failed");
    }

    private static @Nullable ScoresChanged newest(String subscriber) {
        for (ConsumerRecord<String, Object> record : scoresTopic.poll(Duration.ofMillis(50))) {
            ScoresChanged scores = (ScoresChanged) record.value();
            ScoresChanged last = published.put(record.key(), scores);
            if (last != null && scores != null) {
                assertThat(scores.version()).as("the topic never goes back").isGreaterThanOrEqualTo(last.version());
            }
        }
        return published.get(subscriber);
    }

    private static ScoresChanged.Score score(@Nullable ScoresChanged scores, String model) {
        return Objects.requireNonNull(Objects.requireNonNull(scores).scores().get(model));
    }

    private static JsonNode method(JsonNode result, String name) {
        for (JsonNode method : result.get("methods")) {
            if (method.get("name").asString().equals(name)) {
                return method;
            }
        }
        throw new AssertionError("no method " + name + " in " + result);
    }

    @Test
    void saysThatNoModelIsTrainedInsteadOfAScore() {
        assertThat(beforeAnyModel.get("scores")).isEmpty();
        assertThat(beforeAnyModel.get("detail").asString())
                .isEqualTo("No churn model is live; train one. No value model is live; train one."
                        + " No engagement model is live; train one.");
        assertThat(beforeAnyModel.has("scoredAt")).isFalse();
        JsonNode priors = beforeAnyModel.get("priors");
        assertThat(priors.propertyNames()).containsExactly("churn", "engagement");
        assertThat(priors.get("churn").get("modelVersion").asString()).isEqualTo("prior");
        assertThat(priors.get("churn").get("horizonDays").asInt()).isEqualTo(30);
        for (JsonNode prior : priors) {
            assertThat(prior.get("value").asDouble())
                    .isBetween(prior.get("lower").asDouble(), prior.get("upper").asDouble());
        }
    }

    @Test
    void trainsFromAThirdOfTheHistoryAndTellsHowGoodTheRecipeIs() {
        JsonNode churn = service.get("/v1/models/churn").body().get("versions").get(0);
        assertThat(churn.get("version").asString()).isEqualTo("churn-1");
        assertThat(churn.get("live").asBoolean()).isTrue();
        assertThat(churn.get("horizonDays").asInt()).isEqualTo(30);
        assertThat(churn.get("window").get("labelDays").asInt()).isEqualTo(30);
        assertThat(churn.get("metrics").get("auc").asDouble()).isGreaterThan(.7);
        assertThat(churn.get("metrics").get("ece").asDouble()).isLessThan(.06);
        assertThat(churn.get("featureNames"))
                .hasSize(SimulatedShop.SCHEMA.names().size());

        assertThat(churn.get("importanceBasis").get("loss").asString()).isEqualTo("log loss");
        assertThat(churn.get("importanceByGroup")).hasSize(4);
        JsonNode behaviour = churn.get("importanceByGroup").get(0);
        assertThat(behaviour.get("group").asString()).isEqualTo("behaviour");
        assertThat(behaviour.get("missionWeight").asDouble()).isEqualTo(.35);
        assertThat(behaviour.get("features").asInt()).isEqualTo(6);
        assertThat(behaviour.get("share").asDouble())
                .isBetween(.9, 1.)
                .isBetween(
                        behaviour.get("lower").asDouble(),
                        behaviour.get("upper").asDouble());
        JsonNode psychographics = churn.get("importanceByGroup").get(2);
        assertThat(psychographics.get("group").asString()).isEqualTo("psychographics");
        assertThat(psychographics.has("share")).as("no such feature").isFalse();

        JsonNode value = service.get("/v1/models/value").body().get("versions").get(0);
        assertThat(value.get("importanceBasis").get("loss").asString()).isEqualTo("Tweedie deviance");
        assertThat(value.get("horizonDays").asInt()).isEqualTo(365);
        // 500 days of history: the oldest customer is a day less old.
        assertThat(value.get("window").get("labelDays").asInt()).isBetween(160, 166);
        assertThat(value.get("window").get("labelsUntil").asString()).isEqualTo(NOW.toString());
        assertThat(value.get("metrics").get("gini").asDouble()).isGreaterThan(.5);
        assertThat(value.get("metrics").get("methods")).hasSize(3);

        JsonNode listed = service.get("/v1/models").body().get("models");
        assertThat(listed.get(0).get("live").get("version").asString()).isEqualTo("churn-1");
        assertThat(service.get("/v1/models/luck").status()).isEqualTo(404);
    }

    @Test
    void aHorizonFarBeyondTheDataIsNotTrainedForAndGetsNoInterval() {
        String training = service.post("/v1/models/value/trainings", "{\"horizonDays\": 3660}")
                .body()
                .get("trainingId")
                .asString();
        await().atMost(Duration.ofMinutes(1)).until(() -> ended(training));
        JsonNode refused = service.get("/v1/trainings/" + training).body();
        assertThat(refused.get("state").asString()).isEqualTo("failed");
        assertThat(refused.get("detail").asString()).contains("say nothing of the next 3660: at most of");

        JsonNode far = service.post("/v1/predictions", "{\"subscriberIds\": [\"s00007\"], \"horizonDays\": 600}")
                .body()
                .get("predictions")
                .get(0);
        assertThat(far.at("/scores/value").has("upper")).isTrue();
        assertThat(far.at("/scores/churn").has("upper")).isFalse();
        assertThat(far.at("/scores/churn/value").isNumber()).isTrue();
        assertThat(far.get("detail").asString())
                .startsWith("churn-1: no interval, its outcomes say nothing sure of more than 180 days.");
    }

    @Test
    void asksForNothingThatIsNotOverYet() {
        assertThat(profile.requests).isNotEmpty();
        for (TrainingSetRequested request : profile.requests) {
            assertThat(request.cutoff().plus(Duration.ofDays(request.horizonDays())))
                    .isBeforeOrEqualTo(NOW);
        }
    }

    @Test
    void aNewModelScoresEveryoneFromTheVectorsAtHand() {
        await().atMost(SOON).untilAsserted(() -> {
            newest("");
            assertThat(published).hasSizeGreaterThanOrEqualTo(subscribers);
            assertThat(published.entrySet())
                    .filteredOn(entry -> entry.getKey().startsWith("s0"))
                    .allSatisfy(entry -> {
                        ScoresChanged scores = entry.getValue();
                        assertThat(scores).isNotNull();
                        assertThat(Objects.requireNonNull(scores).scores()).containsOnlyKeys("churn", "value");
                        assertThat(score(scores, "churn").value()).isBetween(0., 1.);
                        assertThat(score(scores, "churn").modelVersion()).isEqualTo("churn-1");
                        assertThat(score(scores, "value").value()).isNotNegative();
                        assertThat(score(scores, "value").horizonDays()).isEqualTo(365);
                    });
        });
        Answer answer = predictions("s00009");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().get("scores").get("churn").get("value").asDouble())
                .isCloseTo(score(newest("s00009"), "churn").value(), within(1e-12));
        assertThat(answer.body().get("scoredAt").asString()).isEqualTo(NOW.toString());
        assertThat(answer.body().get("detail").asString()).isEqualTo("No engagement model is live; train one.");
    }

    @Test
    void aNewerProfileIsScoredAndAnOlderOneIsNot() {
        float[] regular = {12, 330, 335, 5, 40, 3, .5f};
        float[] lapsed = {2, 10, 400, 390, 40, 0, .5f};
        profile.publish(Topic.PROFILE, profile.profile("p1", 10, SCHEMA, regular));
        await().atMost(SOON).until(() -> predictions("p1").status() == 200);
        double before = churn("p1");

        profile.publish(Topic.PROFILE, profile.profile("p1", 11, SCHEMA, lapsed));
        await().atMost(SOON).until(() -> churn("p1") > before + .2);
        double after = churn("p1");
        ScoresChanged kept = awaitVersion("p1", 2);

        profile.publish(Topic.PROFILE, profile.profile("p1", 9, SCHEMA, regular));
        profile.publish(Topic.PROFILE, profile.profile("p1", 11, SCHEMA, lapsed));
        profile.publish(Topic.PROFILE, profile.profile("p1", 12, SCHEMA, lapsed));
        ScoresChanged last = awaitVersion("p1", 3);
        assertThat(kept.profileVersion()).isEqualTo(11);
        assertThat(last.profileVersion()).isEqualTo(12);
        assertThat(churn("p1")).isCloseTo(after, within(1e-9));
    }

    private static double churn(String subscriber) {
        return predictions(subscriber)
                .body()
                .get("scores")
                .get("churn")
                .get("value")
                .asDouble();
    }

    private static ScoresChanged awaitVersion(String subscriber, long version) {
        return await().atMost(SOON)
                .until(() -> newest(subscriber), scores -> scores != null && scores.version() == version);
    }

    @Test
    void anErasedSubscriberIsForgottenAndStartsAnew() {
        float[] features = {3, 30, 60, 30, 25, 1, .5f};
        profile.publish(Topic.PROFILE, profile.profile("p2", 4, SCHEMA, features));
        awaitVersion("p2", 1);

        profile.erase("p2");
        await().atMost(SOON).until(() -> predictions("p2").status() == 404);
        await().atMost(SOON).until(() -> newest("p2") == null);

        profile.publish(Topic.PROFILE, profile.profile("p2", 1, SCHEMA, features));
        assertThat(awaitVersion("p2", 1).profileVersion()).isEqualTo(1);
    }

    @Test
    void vectorsOfAnotherSchemaAreRefusedByName() {
        profile.publish(Topic.PROFILE, profile.profile("p3", 1, "another-schema", new float[] {1, 2}));

        await().atMost(SOON).until(() -> predictions("p3").status() == 200);
        JsonNode answer = predictions("p3").body();
        assertThat(answer.get("scores")).isEmpty();
        assertThat(answer.get("detail").asString())
                .isEqualTo("churn-1 was fitted on another feature schema; train it again."
                        + " value-1 was fitted on another feature schema; train it again."
                        + " No engagement model is live; train one.");
        assertThat(metrics()).containsPattern("winback_scoring_refused_total\\{model=\"value\"\\} [1-9]");
    }

    @Test
    void whoNeverOrderedHasNoScore() {
        float nan = Float.NaN;
        profile.publish(Topic.PROFILE, profile.profile("p4", 1, SCHEMA, new float[] {0, nan, nan, nan, nan, 0, .5f}));

        await().atMost(SOON).until(() -> predictions("p4").status() == 200);
        assertThat(predictions("p4").body().get("scores")).isEmpty();
        assertThat(predictions("p4").body().get("detail").asString()).contains("has not ordered yet");
    }

    @Test
    void anUnknownSubscriberIsAProblem() {
        Answer answer = predictions("nobody");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body().get("code").asString()).isEqualTo("unknown-subscriber");
    }

    @Test
    void evaluatesOnASplitOfTimeBesideSimpleMethods() {
        for (String task : new String[] {"value", "churn"}) {
            Answer asked = service.post("/v1/evaluations", """
                    {"task": "%s", "trainCutoff": "2025-10-31", "testCutoff": "2026-01-31", "horizonDays": 120}""".formatted(task));
            assertThat(asked.status()).isEqualTo(202);
            String id = asked.body().get("evaluationId").asString();
            JsonNode done = await().atMost(Duration.ofMinutes(3))
                    .until(() -> service.get("/v1/evaluations/" + id).body(), job -> job.has("result"));

            JsonNode result = done.get("result");
            assertThat(result.get("task").asString()).isEqualTo(task);
            assertThat(result.get("split").get("labelDays").asInt()).isEqualTo(92);
            assertThat(result.get("population").asInt()).isGreaterThan(800);
            assertThat(result.get("importanceByGroup").get(0).get("share").asDouble())
                    .isGreaterThan(.8);
            if (task.equals("value")) {
                assertThat(result.get("methods")).hasSize(4);
                assertThat(method(result, "recipe").get("gini").asDouble()).isGreaterThan(.4);
                assertThat(method(result, "served").get("coverage80").asDouble())
                        .isBetween(.7, .95);
                assertThat(method(result, "base-rate").get("gini").asDouble()).isZero();
                assertThat(method(result, "served").get("gini").asDouble()).isGreaterThan(.5);
                assertThat(method(result, "served").get("giniInterval")).hasSize(2);
                assertThat(method(result, "bg-nbd").get("ratio").asDouble()).isCloseTo(1, within(.3));
            } else {
                assertThat(result.get("methods")).hasSize(4);
                assertThat(method(result, "base-rate").get("auc").asDouble()).isEqualTo(.5);
                assertThat(method(result, "served").get("auc").asDouble())
                        .isGreaterThan(method(result, "recency").get("auc").asDouble() - .05);
            }

            // The train labels end when the test begins; the cutoffs are the ends of their days.
            Instant test = Instant.parse("2026-01-31T23:59:59.999999Z");
            assertThat(profile.requests)
                    .filteredOn(request -> request.datasetId().startsWith(id))
                    .hasSize(2)
                    .allSatisfy(request -> {
                        if (request.datasetId().endsWith("-test")) {
                            assertThat(request.cutoff()).isEqualTo(test);
                            assertThat(request.horizonDays()).isEqualTo(120);
                        } else {
                            assertThat(request.cutoff().plus(Duration.ofDays(request.horizonDays())))
                                    .isEqualTo(test);
                        }
                    });
        }
    }

    @Test
    void refusesRequestsThatCannotBeMeant() {
        assertThat(fault("/v1/evaluations", "{\"task\": \"luck\"}")).isEqualTo("task");
        assertThat(fault("/v1/evaluations", """
                {"task": "value", "trainCutoff": "31/03/1997", "testCutoff": "1997-09-30", "horizonDays": 10}""")).isEqualTo("trainCutoff");
        assertThat(fault("/v1/evaluations", """
                {"task": "value", "trainCutoff": "1997-09-30", "testCutoff": "1997-03-31", "horizonDays": 10}""")).isEqualTo("testCutoff");
        assertThat(fault("/v1/evaluations", """
                {"task": "value", "trainCutoff": "2026-01-01", "testCutoff": "2026-06-01", "horizonDays": 300}""")).isEqualTo("horizonDays");
        assertThat(fault("/v1/models/value/trainings", "{\"horizonDays\": 0}")).isEqualTo("horizonDays");
        assertThat(fault("/v1/models/value/trainings", "{\"horizonDays\": 30.5}"))
                .isEqualTo("horizonDays");
        assertThat(fault("/v1/models/engagement/trainings", "{\"horizonDays\": 30}"))
                .isEqualTo("horizonDays");
        assertThat(fault("/v1/models/engagement/trainings", "{\"cutoff\": \"2026-06-20\"}"))
                .isEqualTo("cutoff");
        assertThat(fault("/v1/evaluations", """
                {"task": "engagement", "trainCutoff": "2026-01-01", "testCutoff": "2026-04-01", "horizonDays": 30}""")).isEqualTo("horizonDays");
        assertThat(fault("/v1/models/value/trainings", "{\"cutoff\": \"2026-06-29\"}"))
                .isEqualTo("cutoff");
        assertThat(service.post("/v1/models/value/trainings", "{\"cutof\": 1}").status())
                .isEqualTo(400);
        assertThat(service.post("/v1/models/luck/trainings", "{}").status()).isEqualTo(404);
        assertThat(service.get("/v1/trainings/t-0").status()).isEqualTo(404);
        assertThat(service.get("/v1/trainings?limit=0").status()).isEqualTo(400);
        assertThat(service.get("/v1/trainings?cursor=zzz").status()).isEqualTo(400);
    }

    private static String fault(String path, String body) {
        Answer answer = service.post(path, body);
        assertThat(answer.status()).isEqualTo(400);
        return answer.body().get("errors").get(0).get("field").asString();
    }

    @Test
    void pagesThroughTrainingsNewestFirst() {
        JsonNode first = service.get("/v1/trainings?limit=1").body();
        assertThat(first.get("trainings")).hasSize(1);
        JsonNode second = service.get("/v1/trainings?limit=100&cursor="
                        + first.get("nextCursor").asString())
                .body();
        assertThat(second.get("trainings").size()).isPositive();
        assertThat(second.has("nextCursor")).isFalse();
        assertThat(second.get("trainings").get(0).get("trainingId").asString())
                .isLessThan(first.get("trainings").get(0).get("trainingId").asString());
    }

    @Test
    void metricsTellWhatIsServedAndHowGoodItIs() {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(metrics())
                        .contains("winback_models_live{model=\"churn\"} 1.0")
                        .contains("winback_models_live{model=\"value\"} 1.0")
                        .contains("winback_prediction_auc{model=\"churn\"} 0.")
                        .contains("winback_prediction_gini{model=\"value\"} 0.")
                        .containsPattern(
                                "winback_model_group_importance\\{group=\"behaviour\",model=\"(churn|value)\"\\} (0\\.9|1\\.0)")
                        .contains("winback_scoring_seconds_count"));
    }

    private static String metrics() {
        return service.get("/actuator/prometheus").body().asString();
    }
}
