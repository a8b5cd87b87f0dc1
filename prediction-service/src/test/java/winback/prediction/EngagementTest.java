package winback.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import winback.contracts.ScoresChanged;
import winback.contracts.Topic;
import winback.contracts.TrainingRow;
import winback.infrastructure.junit.Infrastructure;
import winback.prediction.models.FeatureSchema;

/** From rows that tell of mails to scores of who answers the next one, and to what became of these. */
class EngagementTest {

    private static final int DAYS = 400;
    private static final Instant END = Instant.parse("2026-06-30T23:00:00Z");
    private static final Instant NOW = END.minus(Duration.ofDays(60));
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int NOISE = 6;

    @RegisterExtension
    final Infrastructure infra = Infrastructure.shared();

    private static final FeatureSchema SCHEMA = mailed();

    private static FeatureSchema mailed() {
        List<String> names = new ArrayList<>(SimulatedShop.SCHEMA.names());
        List<String> groups = new ArrayList<>(SimulatedShop.SCHEMA.groups());
        for (String more :
                List.of(FeatureSchema.DAYS_SINCE_EMAIL, FeatureSchema.DAYS_SINCE_EMAIL_OPEN, FeatureSchema.TENURE)) {
            names.add(more);
            groups.add("behaviour");
        }
        return new FeatureSchema("mailed-1", names, groups);
    }

    /** Half of them have never ordered, a tenth get no mail, and a feature tells who answers. */
    private static SimulatedShop.Row mailed(SimulatedShop.Row row) {
        float[] features = Arrays.copyOf(row.features(), SCHEMA.names().size());
        Random random = new Random(31L * row.subscriberId().hashCode() + Arrays.hashCode(row.features()));
        features[7] = 1 + random.nextInt(20);
        features[8] = features[NOISE] > .3 ? 1 + random.nextInt(100) : Float.NaN;
        features[9] = features[2];
        boolean answers = random.nextDouble() < (features[NOISE] > .5 ? .75 : .15);
        if (neverOrdered(row.subscriberId())) {
            features[0] = 0;
            Arrays.fill(features, 1, 5, Float.NaN);
        }
        return new SimulatedShop.Row(row.subscriberId(), features, row.orders(), row.spend())
                .withAnswer(random.nextInt(10) == 0 ? null : answers);
    }

    private static boolean neverOrdered(String subscriberId) {
        return subscriberId.hashCode() % 2 == 0;
    }

    private static JsonNode ended(RunningService service, String path) {
        return await().atMost(SOON)
                .until(
                        () -> service.get(path).body(),
                        job -> List.of("done", "failed")
                                .contains(job.get("state").asString()));
    }

    private static JsonNode train(RunningService service) {
        JsonNode asked = service.post("/v1/models/engagement/trainings", "").body();
        return ended(service, "/v1/trainings/" + asked.get("trainingId").asString());
    }

    @Test
    void isTrainedServedPublishedExplainedAndComparedWithWhatHappened() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW);
                PlayedProfileService profile = new PlayedProfileService(
                        new SimulatedShop(SimulatedShop.BUSY, 900, DAYS, 5),
                        DAYS,
                        END,
                        infra.bootstrapServers(),
                        infra.topicPrefix(),
                        service.events());
                KafkaConsumer<String, Object> scoresTopic = PlayedProfileService.consumer(infra.bootstrapServers())) {
            scoresTopic.subscribe(List.of(infra.topicPrefix() + Topic.SCORES.wireName()));
            profile.schema = SCHEMA;

            // Where nobody is mailed there is nothing to learn, which is said.
            profile.mood = row -> mailed(row).withAnswer(null);
            JsonNode silent = train(service);
            assertThat(silent.get("state").asString()).isEqualTo("failed");
            assertThat(silent.get("detail").asString())
                    .matches("0 customers as of \\S+ who were then delivered a mail, of whom 0 answered a mail"
                            + " within the 37 days after: at least 100 customers, 20 of them so, are needed\\..*");

            profile.mood = EngagementTest::mailed;
            profile.requests.clear();
            assertThat(train(service).get("detail").asString()).startsWith("engagement-1 is live.");
            assertThat(profile.requests)
                    .hasSizeGreaterThan(2)
                    .allSatisfy(request -> assertThat(request.horizonDays()).isIn(0, 37));
            JsonNode version =
                    service.get("/v1/models/engagement").body().get("versions").get(0);
            assertThat(version.get("horizonDays").asInt()).isEqualTo(7);
            assertThat(version.get("metrics").get("auc").asDouble()).isGreaterThan(.7);
            assertThat(version.get("metrics").get("ece").asDouble()).isLessThan(.1);
            assertThat(version.get("metrics").get("methods").findValuesAsString("name"))
                    .containsExactly("base-rate", "recency", "served");
            assertThat(version.get("importanceByGroup")).isNotEmpty();

            profile.profilesAsOf = NOW;
            int subscribers = profile.publishProfiles(1, SCHEMA.fingerprint());
            Map<String, ScoresChanged> published = new HashMap<>();
            await().atMost(SOON).until(() -> {
                for (ConsumerRecord<String, Object> record : scoresTopic.poll(Duration.ofMillis(50))) {
                    published.put(record.key(), (ScoresChanged) record.value());
                }
                return published.size() == subscribers;
            });
            assertThat(published.keySet()).anyMatch(EngagementTest::neverOrdered);
            assertThat(published.values()).allSatisfy(scores -> {
                assertThat(scores.scores()).containsOnlyKeys("engagement");
                ScoresChanged.Score score = score(scores);
                assertThat(score.value()).isBetween(0., 1.);
                assertThat(score.horizonDays()).isEqualTo(TrainingRow.Labels.RESPONSE_DAYS);
                assertThat(score.modelVersion()).isEqualTo("engagement-1");
                assertThat(score.lower()).isLessThanOrEqualTo(score.value());
            });

            explains(service, published);
            asksForAnotherHorizonInVain(service, published);
            comparesWithWhatHappened(service);
            evaluates(service);
        }
    }

    private static ScoresChanged.Score score(@Nullable ScoresChanged scores) {
        return Objects.requireNonNull(Objects.requireNonNull(scores).scores().get("engagement"));
    }

    private static void explains(RunningService service, Map<String, ScoresChanged> published) {
        String somebody = published.keySet().stream()
                .filter(EngagementTest::neverOrdered)
                .min(String::compareTo)
                .orElseThrow();
        JsonNode answer = service.get("/v1/subscribers/" + somebody + "/predictions?explain=true")
                .body();
        assertThat(answer.get("detail").asString())
                .isEqualTo("No churn model is live; train one. No value model is live; train one.");
        JsonNode score = answer.get("scores").get("engagement");
        assertThat(score.get("value").asDouble())
                .isCloseTo(score(published.get(somebody)).value(), within(1e-12));
        JsonNode why = score.get("explanation");
        double sum = why.get("base").asDouble() + why.get("rest").asDouble();
        for (JsonNode part : why.get("contributions")) {
            sum += part.get("contribution").asDouble();
            assertThat(part.get("text").asString()).endsWith("s the chance of an open or a click");
        }
        assertThat(why.get("contributions").findValuesAsString("feature")).contains("noise");
        double value = score.get("value").asDouble();
        assertThat(sum).isCloseTo(Math.log(value / (1 - value)), within(1e-6));
    }

    private static void asksForAnotherHorizonInVain(RunningService service, Map<String, ScoresChanged> published) {
        JsonNode batch = service.post("/v1/predictions", "{\"subscriberIds\": [\"s00007\"], \"horizonDays\": 90}")
                .body()
                .get("predictions")
                .get(0)
                .get("scores")
                .get("engagement");
        assertThat(batch.get("horizonDays").asInt()).isEqualTo(7);
        assertThat(batch.get("value").asDouble())
                .isCloseTo(score(published.get("s00007")).value(), within(1e-12));
    }

    private static void comparesWithWhatHappened(RunningService service) {
        assertThat(service.post("/v1/models/engagement/outcomes", "").status())
                .as("two weeks have to follow")
                .isEqualTo(409);
        service.advance(Duration.ofDays(60));
        JsonNode asked = service.post("/v1/models/engagement/outcomes", "").body();
        JsonNode done = ended(service, "/v1/outcomes/" + asked.get("outcomesId").asString());
        assertThat(done.get("state").asString()).as(done.toString()).isEqualTo("done");
        JsonNode compared = done.get("result");
        assertThat(compared.get("labelDays").asInt()).isEqualTo(37);
        assertThat(compared.get("probability").get("customers").asInt()).isBetween(600, 880);
        assertThat(compared.get("probability").get("ece").asDouble()).isLessThan(.1);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                service.get("/actuator/prometheus").body().asString())
                        .contains("winback_prediction_auc{model=\"engagement\"} 0.")
                        .contains("winback_models_live{model=\"engagement\"} 1.0"));
    }

    private static void evaluates(RunningService service) {
        JsonNode asked = service.post("/v1/evaluations", """
                        {"task": "engagement", "trainCutoff": "2026-03-31", "testCutoff": "2026-05-10", "horizonDays": 7}""").body();
        JsonNode done =
                ended(service, "/v1/evaluations/" + asked.get("evaluationId").asString());
        assertThat(done.get("state").asString()).as(done.toString()).isEqualTo("done");
        JsonNode result = done.get("result");
        assertThat(result.get("split").get("horizonDays").asInt()).isEqualTo(7);
        assertThat(result.get("split").get("labelDays").asInt()).isEqualTo(37);
        Map<String, Double> auc = new HashMap<>();
        result.get("methods")
                .forEach(method ->
                        auc.put(method.get("name").asString(), method.get("auc").asDouble()));
        assertThat(auc).containsOnlyKeys("base-rate", "recency", "recipe", "served");
        assertThat(auc.get("served")).isGreaterThan(.7);
        assertThat(auc.get("recipe")).isGreaterThan(.6);
    }
}
