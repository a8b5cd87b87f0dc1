package winback.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.access.ApiKeys;
import winback.chassis.access.Role;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;
import winback.prediction.RunningService.Answer;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.churn.ChurnModel;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Model;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.ModelVersion;
import winback.prediction.models.Registry;
import winback.prediction.models.Sample;
import winback.prediction.rollout.Rollouts;
import winback.prediction.value.ValueModel;

/** Many scores at once, and why a score is what it is, over HTTP, with models that were fitted here. */
@SuppressWarnings("NullAway.Init") // set up before all tests
class PredictionsHttpTest {

    private static final String SCHEMA = SimulatedShop.SCHEMA.fingerprint();
    private static final Instant NOW = Instant.parse("2026-06-30T23:00:00Z");
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    @TempDir
    static Path directory;

    private static RunningService service;
    private static PlayedProfileService profile;
    private static ChurnModel churn;
    private static ValueModel value;
    private static Sample newest;
    private static String readKey;
    private static String ingestKey;

    @BeforeAll
    static void serveTwoModels() {
        Path keys = directory.resolve("keys.json");
        readKey = ApiKeys.create(keys, "dashboard", Role.READ);
        ingestKey = ApiKeys.create(keys, "shop", Role.INGEST);
        SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 600, 500, 4);
        newest = shop.sample(499, 0);
        ModelOptions options = new ModelOptions(30, new BoostingOptions(40, 3, .15, 5, .7, .7, 1, 3, 7, 1));
        List<Sample> labelled = List.of(shop.sample(439, 30), shop.sample(469, 30));
        churn = ChurnModel.fit(labelled, newest, options);
        value = ValueModel.fit(labelled, newest, options);
        service = new RunningService(infra, NOW, "--winback.keys.file=" + keys);
        profile = new PlayedProfileService(
                shop, 500, NOW, infra.bootstrapServers(), infra.topicPrefix(), service.events());
        register(churn);
        register(value);
        await().atMost(SOON).until(() -> metrics().contains("winback_models_live{model=\"value\"} 1.0"));
        for (int i = 0; i < 3; i++) {
            profile.publish(Topic.PROFILE, profile.profile("c" + i, 1, SCHEMA, newest.features()[i]));
        }
        profile.publish(Topic.PROFILE, profile.profile("fresh", 1, SCHEMA, new float[] {
            0, Float.NaN, Float.NaN, Float.NaN, Float.NaN, 0, .5f
        }));
        await().atMost(SOON)
                .until(() -> IntStream.range(0, 3)
                                .allMatch(i -> predictions("c" + i, "").status() == 200)
                        && predictions("fresh", "").status() == 200);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        profile.close();
        service.close();
    }

    private static void register(Model model) {
        String version = service.bean(Registry.class)
                .register(
                        new ModelVersion.Lineage("job-" + model.name().wireName(), null, null),
                        model,
                        new ModelVersion.Window(30, NOW, NOW, newest.size()),
                        Map.of(),
                        Map.of(),
                        null,
                        "fitted by the test");
        service.bean(Rollouts.class).goLive(model.name(), version, "fitted by the test");
    }

    private static String metrics() {
        return service.get("/actuator/prometheus").body().asString();
    }

    private static Answer predictions(String subscriber, String query) {
        return service.get("/v1/subscribers/" + subscriber + "/predictions" + query);
    }

    @Test
    void tellsWhyAScoreIsWhatItIs() {
        JsonNode scores = predictions("c0", "?explain=true").body().get("scores");
        for (String model : List.of("churn", "value")) {
            JsonNode score = scores.get(model);
            JsonNode why = score.get("explanation");
            double margin = why.get("margin").asDouble();
            double sum = why.get("base").asDouble() + why.get("rest").asDouble();
            for (JsonNode part : why.get("contributions")) {
                sum += part.get("contribution").asDouble();
                assertThat(part.get("direction").asString())
                        .isEqualTo(part.get("contribution").asDouble() > 0 ? "raises" : "lowers");
                assertThat(part.get("text").asString())
                        .contains(part.get("direction").asString());
            }
            assertThat(sum).isCloseTo(margin, within(1e-9));
            assertThat(why.get("contributions").size()).isBetween(1, 8);
            double expected = model.equals("churn") ? 1 / (1 + Math.exp(-margin)) : Math.exp(margin);
            assertThat(score.get("value").asDouble()).isCloseTo(expected, within(1e-5 * (1 + expected)));
            assertThat(why.get("scale").asString())
                    .isEqualTo(model.equals("churn") ? "log-odds" : "log of the expectation");
            assertThat(why.has("other")).isFalse();
        }
        assertThat(predictions("c0", "").body().get("scores").get("churn").has("explanation"))
                .isFalse();
        assertThat(predictions("fresh", "?explain=true").body().get("scores")).isEmpty();
    }

    @Test
    void tellsItInTheReadersLanguage() throws IOException, InterruptedException {
        HttpResponse<String> spanish = get("/v1/subscribers/c0/predictions?explain=true", "es-MX, en;q=0.5");
        assertThat(spanish.headers().firstValue("Content-Language")).contains("es");
        assertThat(spanish.body()).contains("el riesgo de que no vuelva", "historial de compras: ");
        HttpResponse<String> asked = get("/v1/subscribers/c0/predictions?explain=true&language=en", "es");
        assertThat(asked.headers().firstValue("Content-Language")).contains("en");
        assertThat(asked.body()).contains("the risk of staying away").doesNotContain("riesgo");
        Answer unknown = predictions("c0", "?explain=true&language=tlh");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.body().get("errors").get(0).get("field").asString()).isEqualTo("language");
        assertThat(predictions("c0", "?explain=perhaps").status()).isEqualTo(400);
    }

    @Test
    void scoresManySubscribersAtOnceAndNamesThoseItDoesNotKnow() {
        Answer answer = service.post("/v1/predictions", """
                {"subscriberIds": ["c1", "nobody", "c0", "fresh", "c1"]}""");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().get("scoredAt").asString()).isEqualTo(NOW.toString());
        JsonNode all = answer.body().get("predictions");
        assertThat(all).hasSize(5);
        for (int i : new int[] {0, 2}) {
            String id = all.get(i).get("subscriberId").asString();
            assertThat(id).isEqualTo(i == 0 ? "c1" : "c0");
            assertThat(all.get(i).get("scores"))
                    .isEqualTo(predictions(id, "").body().get("scores"));
            assertThat(all.get(i).has("problem")).isFalse();
            assertThat(all.get(i).get("featuresAsOf").isString()).isTrue();
        }
        assertThat(all.get(1).get("subscriberId").asString()).isEqualTo("nobody");
        assertThat(all.get(1).get("problem").get("code").asString()).isEqualTo("unknown-subscriber");
        assertThat(all.get(1).has("scores")).isFalse();
        assertThat(all.get(3).get("scores")).isEmpty();
        assertThat(all.get(3).get("detail").asString()).contains("has not ordered yet");
        assertThat(all.get(4)).isEqualTo(all.get(0));
    }

    @Test
    void anIdThatIsNoWholeTextIsRefusedWithItsPlace() {
        Answer answer = service.post("/v1/predictions", "{\"subscriberIds\": [\"c0\", \"\\ud800\"]}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().at("/errors/0/field").asString()).isEqualTo("subscriberIds[1]");
    }

    @Test
    void scoresOverAnyHorizon() {
        JsonNode far = service.post("/v1/predictions", """
                        {"subscriberIds": ["c0"], "horizonDays": 180}""")
                .body()
                .get("predictions")
                .get(0)
                .get("scores");
        assertThat(far.get("churn").get("horizonDays").asInt()).isEqualTo(180);
        assertThat(far.get("churn").get("value").asDouble())
                .isCloseTo(churn.predict(new float[][] {newest.features()[0]}, 180)[0], within(1e-9));
        assertThat(far.get("value").get("value").asDouble())
                .isCloseTo(value.predict(new float[][] {newest.features()[0]}, 180)[0], within(1e-9));
    }

    private static String vectors(List<List<Float>> rows) {
        return JSON.writeValueAsString(Map.of(
                "vectors",
                rows.stream()
                        .map(row -> Map.of("featureSchema", SCHEMA, "features", row))
                        .toList()));
    }

    private static List<Float> row(int i) {
        List<Float> row = new ArrayList<>();
        for (float number : newest.features()[i % newest.size()]) {
            row.add(number);
        }
        return row;
    }

    @Test
    void scoresAThousandVectorsThatNobodyHas() {
        double[] expected = churn.predict(newest.features());
        JsonNode all = service.post(
                        "/v1/predictions",
                        vectors(IntStream.range(0, 1_000)
                                .mapToObj(PredictionsHttpTest::row)
                                .toList()))
                .body()
                .get("predictions");
        assertThat(all).hasSize(1_000);
        for (int i = 0; i < 1_000; i++) {
            assertThat(all.get(i).get("scores").get("churn").get("value").asDouble())
                    .isCloseTo(expected[i % expected.length], within(1e-9));
            assertThat(all.get(i).has("subscriberId")).isFalse();
        }
    }

    @Test
    void nullIsAnUnknownFeature() {
        List<Float> gap = row(2);
        gap.set(6, null);
        float[] row = newest.features()[2].clone();
        row[6] = Float.NaN;
        JsonNode answer = service.post("/v1/predictions", vectors(List.of(gap))).body();
        assertThat(answer.get("predictions")
                        .get(0)
                        .get("scores")
                        .get("churn")
                        .get("value")
                        .asDouble())
                .isCloseTo(churn.predict(new float[][] {row})[0], within(1e-9));
    }

    @Test
    void faultsHaveTheirPlace() {
        assertThat(faults("{}")).containsExactly("subscriberIds one-of-two");
        assertThat(faults("{\"subscriberIds\": [\"a\"], \"vectors\": []}")).containsExactly("subscriberIds one-of-two");
        assertThat(faults("{\"subscriberIds\": []}")).containsExactly("subscriberIds wrong-size");
        assertThat(faults("{\"subscriberIds\": [\"a\", null, \" \"], \"horizonDays\": 0}"))
                .containsExactly(
                        "horizonDays wrong-value", "subscriberIds[1] wrong-value", "subscriberIds[2] wrong-value");
        assertThat(faults("{\"subscriberIds\": [" + String.join(",", Collections.nCopies(1_001, "\"a\"")) + "]}"))
                .containsExactly("subscriberIds wrong-size");
        assertThat(faults("{\"vectors\": [{\"featureSchema\": \"%s\", \"features\": [1,2,4,3,5,6,1e39]}, {}]}"
                        .formatted(SCHEMA)))
                .containsExactly("vectors[0].features[6] wrong-value", "vectors[1] incomplete");
        assertThat(faults("{\"vectors\": [{\"featureSchema\": \"%s\", \"features\": [1,2]}]}".formatted(SCHEMA)))
                .containsExactly("vectors[0].features wrong-size");
        assertThat(faults("{\"vectors\": [{\"featureSchema\": \"%s\", \"features\": [1,\"x\"]}]}".formatted(SCHEMA)))
                .containsExactly("vectors[0].features[1] wrong-value");
        List<Float> contradicts = row(2);
        contradicts.set(SimulatedShop.SCHEMA.column(FeatureSchema.ORDER_DAYS), -3f);
        contradicts.set(SimulatedShop.SCHEMA.column(FeatureSchema.DAYS_SINCE_FIRST_ORDER), 10f);
        contradicts.set(SimulatedShop.SCHEMA.column(FeatureSchema.DAYS_SINCE_LAST_ORDER), 100f);
        contradicts.set(SimulatedShop.SCHEMA.column(FeatureSchema.DAYS_FIRST_TO_LAST_ORDER), 0f);
        assertThat(faults(vectors(List.of(contradicts))))
                .containsExactlyInAnyOrder(
                        "vectors[0].features[" + SimulatedShop.SCHEMA.column(FeatureSchema.ORDER_DAYS)
                                + "] wrong-value",
                        "vectors[0].features[" + SimulatedShop.SCHEMA.column(FeatureSchema.DAYS_SINCE_LAST_ORDER)
                                + "] wrong-value");
        assertThat(faults("{\"subscriberIds\": [\"a\"], \"horizon\": 3}")).containsExactly("horizon wrong-value");
    }

    @Test
    void vectorsOfAnotherSchemaAreRefusedByName() {
        Answer answer = service.post("/v1/predictions", """
                {"vectors": [{"featureSchema": "another", "features": [1]}]}""");
        assertThat(answer.status()).isEqualTo(400);
        JsonNode fault = answer.body().get("errors").get(0);
        assertThat(fault.get("field").asString()).isEqualTo("vectors[0].featureSchema");
        assertThat(fault.get("detail").asString())
                .isEqualTo("no model takes it: churn-1 was fitted on simulated-1, value-1 was fitted on simulated-1");
    }

    private static List<String> faults(String body) {
        Answer answer = service.post("/v1/predictions", body);
        assertThat(answer.status()).isEqualTo(400);
        List<String> faults = new ArrayList<>();
        answer.body()
                .get("errors")
                .forEach(fault -> faults.add(
                        fault.get("field").asString() + " " + fault.get("code").asString()));
        return faults;
    }

    @Test
    void aReadKeyIsEnoughToAskAndAnIngestKeyIsNot() throws IOException, InterruptedException {
        assertThat(post(readKey, "/v1/predictions", "{\"subscriberIds\": [\"c0\"]}"))
                .isEqualTo(200);
        assertThat(post(readKey, "/v1/models/churn/trainings", "{}")).isEqualTo(403);
        assertThat(post(ingestKey, "/v1/predictions", "{\"subscriberIds\": [\"c0\"]}"))
                .isEqualTo(403);
    }

    @Test
    void bothAreInTheApisDescription() {
        JsonNode paths = service.get("/v3/api-docs").body().get("paths");
        assertThat(paths.has("/v1/predictions")).isTrue();
        assertThat(paths.get("/v1/subscribers/{id}/predictions").get("get").get("parameters"))
                .extracting(parameter -> parameter.get("name").asString())
                .containsExactlyInAnyOrder("id", "explain", "language");
    }

    private static URI uri(String path) {
        return URI.create(
                "http://127.0.0.1:" + service.bean(Environment.class).getRequiredProperty("local.server.port") + path);
    }

    private static int post(String key, String path, String body) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(uri(path))
                                    .header("Authorization", "Bearer " + key)
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static HttpResponse<String> get(String path, String languages) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(uri(path))
                            .header("Authorization", "Bearer " + readKey)
                            .header("Accept-Language", languages)
                            .GET()
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
