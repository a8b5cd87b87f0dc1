package winback.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import winback.infrastructure.junit.Infrastructure;
import winback.prediction.RunningService.Answer;
import winback.prediction.rollout.CanaryShare;
import winback.prediction.rollout.Objection;

/** What is served, how that changes, and what is known of it afterwards. Each test has a service of its own. */
class RolloutTest {

    private static final int DAYS = 400;
    private static final Instant NOW = Instant.parse("2026-06-30T23:00:00Z");
    private static final Duration SOON = Duration.ofMinutes(2);

    /** A recipe that learns nothing from the trees. */
    private static final String[] WEAK = {"--winback.boosting.max-trees=1", "--winback.boosting.eta=.001"};

    @RegisterExtension
    final Infrastructure infra = Infrastructure.shared();

    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 700, DAYS, 31);

    private PlayedProfileService play(RunningService service) {
        PlayedProfileService profile = new PlayedProfileService(
                shop, DAYS, NOW, infra.bootstrapServers(), infra.topicPrefix(), service.events());
        // Some customers never come back, and only one feature tells who: trees are worth something.
        profile.mood =
                row -> row.features()[6] > .6f ? new SimulatedShop.Row(row.subscriberId(), row.features(), 0, 0) : row;
        return profile;
    }

    private static JsonNode train(RunningService service, String body) {
        String training = service.post("/v1/models/churn/trainings", body)
                .body()
                .get("trainingId")
                .asString();
        return await().atMost(SOON)
                .until(
                        () -> service.get("/v1/trainings/" + training).body(),
                        job -> job.get("state").asString().equals("done"));
    }

    private static Answer rollBack(RunningService service, String body) {
        return service.post("/v1/models/churn/rollback", body);
    }

    private static void refuses(Answer answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body().get("code").asString()).isEqualTo(code);
    }

    private static String live(RunningService service) {
        return service.get("/v1/models/churn").body().path("live").asString("none");
    }

    /** The versions that made the churn scores, and how many subscribers each. */
    private static List<String> scorers(RunningService service) {
        return service.db()
                .sql("SELECT coalesce(scores -> 'churn' ->> 'modelVersion', 'none') || ' ' || count(*) FROM score"
                        + " GROUP BY scores -> 'churn' ->> 'modelVersion' ORDER BY 1")
                .query(String.class)
                .list();
    }

    private static List<String> served(RunningService service) {
        List<String> served = new ArrayList<>();
        service.get("/v1/models/churn/history")
                .body()
                .get("served")
                .forEach(serving -> served.add("%s %s %s"
                        .formatted(
                                serving.get("version").asString(),
                                serving.get("share").asDouble(),
                                serving.has("to") ? serving.get("endedBecause").asString() : "now")));
        return served;
    }

    @Test
    void aRollBackServesTheEarlierVersionToEveryoneAndSurvivesARestart() throws InterruptedException {
        PlayedProfileService profile;
        int everyone;
        try (RunningService service = new RunningService(infra, NOW)) {
            profile = play(service);
            refuses(rollBack(service, "{}"), 409, "nothing-live");
            assertThat(train(service, "{}").get("detail").asString()).startsWith("churn-1 is live.");
            refuses(rollBack(service, ""), 409, "no-earlier-version");
            everyone = profile.publishProfiles(1, SimulatedShop.SCHEMA.fingerprint());
            await().atMost(SOON).until(() -> scorers(service).equals(List.of("churn-1 " + everyone(service))));
            train(service, "{}");
            await().atMost(SOON).until(() -> scorers(service).equals(List.of("churn-2 " + everyone)));

            Answer back = rollBack(service, "{\"reason\": \"Complaints about churn-2.\"}");

            assertThat(back.status()).isEqualTo(200);
            assertThat(back.body().get("served").get(0).get("version").asString())
                    .isEqualTo("churn-1");
            assertThat(live(service)).isEqualTo("churn-1");
            await().atMost(SOON).until(() -> scorers(service).equals(List.of("churn-1 " + everyone)));
            assertThat(served(service))
                    .containsExactly(
                            "churn-1 1.0 now", "churn-2 1.0 churn-1 went live.", "churn-1 1.0 churn-2 went live.");
            JsonNode now =
                    service.get("/v1/models/churn/history").body().get("served").get(0);
            assertThat(now.get("because").asString()).isEqualTo("Rolled back by hand: Complaints about churn-2.");
            assertThat(now.get("from").asString()).isEqualTo(NOW.toString());
            refuses(rollBack(service, "{}"), 409, "no-earlier-version");
        }
        try (RunningService service = new RunningService(infra, NOW, WEAK)) {
            profile.publishWith(service.events());
            assertThat(live(service)).isEqualTo("churn-1");
            assertThat(train(service, "{}").get("modelVersion").asString()).isEqualTo("churn-3");
            assertThat(live(service)).as("it lost").isEqualTo("churn-1");

            refuses(rollBack(service, "{\"version\": \"churn-3\"}"), 409, "never-live");
            refuses(rollBack(service, "{\"version\": \"churn-1\"}"), 409, "already-live");
            refuses(rollBack(service, "{\"version\": \"churn-9\"}"), 404, "unknown-version");
            refuses(rollBack(service, "{\"version\": \"churn-2\", \"reason\": \"\"}"), 400, "invalid-request");
            assertThat(rollBack(service, "{\"version\": \"churn-2\"}").status()).isEqualTo(200);
            await().atMost(SOON).until(() -> scorers(service).equals(List.of("churn-2 " + everyone)));
        }
        profile.close();
    }

    private static long everyone(RunningService service) {
        return service.db().sql("SELECT count(*) FROM vector").query(Long.class).single();
    }

    @Test
    void aVersionTellsWhereItCameFrom() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW);
                PlayedProfileService profile = play(service)) {
            train(service, "{}");
            JsonNode job = train(service, "{}");

            JsonNode version = service.get("/v1/models/churn/versions/churn-2").body();

            assertThat(version.get("lineage").get("parent").asString()).isEqualTo("churn-1");
            assertThat(version.get("lineage").get("jobId").asString())
                    .isEqualTo(job.get("trainingId").asString());
            assertThat(version.get("lineage").get("tookMillis").asLong()).isPositive();
            assertThat(version.get("parameters").get("boosting").get("seed").asLong())
                    .isEqualTo(7);
            assertThat(version.get("window").get("labelsUntil").asString()).isEqualTo(NOW.toString());
            assertThat(version.get("featureSchema").asString()).isEqualTo(SimulatedShop.SCHEMA.fingerprint());
            assertThat(version.get("metrics").get("gate").get("difference").asDouble())
                    .isZero();
            assertThat(service.get("/v1/models/churn/versions/churn-1")
                            .body()
                            .get("lineage")
                            .has("parent"))
                    .isFalse();
            refuses(service.get("/v1/models/value/versions/churn-1"), 404, "unknown-version");
            assertThat(profile.requests).isNotEmpty();
        }
    }

    private static JsonNode churn(RunningService service) {
        return service.get("/v1/models").body().get("models").get(0);
    }

    private static boolean scoredByShare(RunningService service, double share) {
        return service
                .db()
                .sql("SELECT subscriber_id, scores -> 'churn' ->> 'modelVersion' FROM score")
                .query((row, n) ->
                        CanaryShare.contains("churn-2", row.getString(1), share) == "churn-2".equals(row.getString(2)))
                .list()
                .stream()
                .allMatch(right -> right);
    }

    @Test
    void aCanaryScoresItsShareUntilItsDaysAreOverAndNothingSpeaksAgainstIt() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW);
                PlayedProfileService profile = play(service)) {
            String canary = "{\"canaryShare\": 0.25, \"canaryDays\": 3}";
            assertThat(train(service, canary).get("detail").asString())
                    .as("beside nothing there is no canary")
                    .startsWith("churn-1 is live.");
            int everyone = profile.publishProfiles(1, SimulatedShop.SCHEMA.fingerprint());
            await().atMost(SOON).until(() -> scorers(service).equals(List.of("churn-1 " + everyone)));

            assertThat(train(service, canary).get("detail").asString())
                    .startsWith("churn-2 is canary for 0.25 of the subscribers until 2026-07-03T23:00:00Z. On the");

            await().atMost(SOON).until(() -> scorers(service).size() == 2 && scoredByShare(service, .25));
            assertThat(scorers(service).get(1)).matches("churn-2 1[4-9]\\d|churn-2 20\\d");
            assertThat(live(service)).isEqualTo("churn-1");
            assertThat(churn(service).get("canary").get("version").asString()).isEqualTo("churn-2");
            assertThat(churn(service).get("canary").get("promotedAt").asString())
                    .isEqualTo("2026-07-03T23:00:00Z");
            assertThat(service.get("/actuator/prometheus").body().asString())
                    .contains("winback_models_canary_share{model=\"churn\"} 0.25");
            // A profile that changes stays on its side.
            profile.publishProfiles(2, SimulatedShop.SCHEMA.fingerprint());
            await().atMost(SOON)
                    .until(() -> service.db()
                            .sql("SELECT min(profile_version) = 2 FROM score")
                            .query(Boolean.class)
                            .single());
            assertThat(scoredByShare(service, .25)).isTrue();

            AtomicInteger asked = new AtomicInteger();
            AtomicReference<String> alert = new AtomicReference<>("Its scores drift.");
            service.add("alert", (Objection) (name, version) -> {
                asked.incrementAndGet();
                return Optional.ofNullable(alert.get());
            });
            service.advance(Duration.ofDays(3));
            await().atMost(SOON).until(() -> asked.get() >= 2);
            assertThat(live(service)).isEqualTo("churn-1");
            assertThat(churn(service).get("canary").get("heldBy").asString()).isEqualTo("Its scores drift.");

            alert.set(null);
            await().atMost(SOON).until(() -> scorers(service).equals(List.of("churn-2 " + everyone)));
            assertThat(churn(service).has("canary")).isFalse();
            assertThat(service.post("/v1/models/churn/promote", "")
                            .body()
                            .get("detail")
                            .asString())
                    .isEqualTo("No version of this model is a canary.");
            assertThat(served(service))
                    .containsExactly(
                            "churn-2 1.0 now", "churn-2 0.25 churn-2 went live.", "churn-1 1.0 churn-2 went live.");
            assertThat(service.get("/v1/models/churn/history")
                            .body()
                            .get("served")
                            .get(0)
                            .get("because")
                            .asString())
                    .isEqualTo("It was canary since 2026-06-30T23:00:00Z, and nothing was found against it.");
        }
    }

    @Test
    void aCanaryEndsByARollBackOrIsPromotedByHand() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW);
                PlayedProfileService profile = play(service)) {
            train(service, "{}");
            int everyone = profile.publishProfiles(1, SimulatedShop.SCHEMA.fingerprint());
            train(service, "{\"canaryShare\": 0.5}");
            await().atMost(SOON).until(() -> scorers(service).size() == 2 && scoredByShare(service, .5));
            refuses(service.post("/v1/models/churn/promote", "{\"version\": \"churn-1\"}"), 409, "no-canary");

            assertThat(rollBack(service, "").status()).isEqualTo(200);

            assertThat(served(service)).containsExactly("churn-2 0.5 Rolled back by hand.", "churn-1 1.0 now");
            await().atMost(SOON).until(() -> scorers(service).equals(List.of("churn-1 " + everyone)));
            refuses(service.post("/v1/models/churn/promote", ""), 409, "no-canary");
            refuses(rollBack(service, "{\"version\": \"churn-2\"}"), 409, "never-live");

            train(service, "{\"canaryShare\": 0.1, \"canaryDays\": 90}");
            Answer promoted = service.post("/v1/models/churn/promote", "{\"version\": \"churn-3\"}");
            assertThat(promoted.body().get("served")).hasSize(1);
            assertThat(live(service)).isEqualTo("churn-3");
            await().atMost(SOON).until(() -> scorers(service).equals(List.of("churn-3 " + everyone)));

            for (String body : List.of(
                    "{\"canaryShare\": 0.6}",
                    "{\"canaryShare\": 0}",
                    "{\"canaryDays\": 3}",
                    "{\"canaryShare\": 0.1, \"canaryDays\": 91}")) {
                refuses(service.post("/v1/models/churn/trainings", body), 400, "invalid-request");
            }
        }
    }

    @Test
    void aVersionThatCannotBeLoadedIsRefusedAndTheServiceStarts() throws InterruptedException {
        PlayedProfileService profile;
        int everyone;
        try (RunningService service = new RunningService(infra, NOW)) {
            profile = play(service);
            train(service, "{}");
            everyone = profile.publishProfiles(1, SimulatedShop.SCHEMA.fingerprint());
            await().atMost(SOON).until(() -> scorers(service).equals(List.of("churn-1 " + everyone)));
            assertThat(churn(service).get("live").get("state").asString()).isEqualTo("serving");
            service.db()
                    .sql("UPDATE model_version SET feature_schema = 'of-another-release'")
                    .update();
        }
        try (RunningService service = new RunningService(infra, NOW)) {
            assertThat(churn(service).get("live").get("state").asString()).isEqualTo("refused");
            assertThat(churn(service).get("live").get("stateDetail").asString())
                    .isEqualTo("The artefact of churn-1 is of feature schema simulated-1, and the registry says"
                            + " of-another-release; train it again or roll back.");
            service.db()
                    .sql(
                            "UPDATE model_version SET feature_schema = 'simulated-1', artefact = 'of another release'::bytea")
                    .update();
        }
        try (RunningService service = new RunningService(infra, NOW)) {
            profile.publishWith(service.events());
            String why = "churn-1 cannot be loaded by this release; train it again or roll back.";
            assertThat(churn(service).get("live").get("state").asString()).isEqualTo("refused");
            assertThat(churn(service).get("live").get("stateDetail").asString()).isEqualTo(why);
            await().atMost(SOON).until(() -> scorers(service).equals(List.of("none " + everyone)));
            assertThat(service.get("/v1/subscribers/s00001/predictions")
                            .body()
                            .get("detail")
                            .asString())
                    .startsWith(why);
            assertThat(service.get("/actuator/prometheus").body().asString())
                    .contains("winback_models_refused{model=\"churn\"} 1.0")
                    .contains("winback_models_live{model=\"churn\"} 0.0");

            assertThat(train(service, "{}").get("detail").asString()).startsWith("churn-2 is live.");
            await().atMost(SOON).until(() -> scorers(service).equals(List.of("churn-2 " + everyone)));
            refuses(rollBack(service, "{}"), 409, "not-loadable");
        }
        profile.close();
    }

    @Test
    void aModelOfAnOlderFeatureSchemaSaysSo() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW);
                PlayedProfileService profile = play(service)) {
            train(service, "{}");
            profile.publishProfiles(1, SimulatedShop.SCHEMA.fingerprint());
            await().atMost(SOON)
                    .until(() ->
                            churn(service).get("live").get("state").asString().equals("serving"));

            int everyone = profile.publishProfiles(2, "simulated-2");

            await().atMost(SOON)
                    .until(() ->
                            churn(service).get("live").get("state").asString().equals("other-schema"));
            assertThat(service.get("/v1/models/churn/versions/churn-1")
                            .body()
                            .get("stateDetail")
                            .asString())
                    .isEqualTo("churn-1 was fitted on feature schema simulated-1, and the newest vectors are of"
                            + " simulated-2, which it does not score; train it again.");
            await().atMost(SOON).until(() -> scorers(service).equals(List.of("none " + everyone)));
            assertThat(service.get("/actuator/prometheus").body().asString())
                    .contains("winback_models_refused{model=\"churn\"} 1.0");
        }
        try (RunningService service = new RunningService(infra, NOW)) {
            assertThat(churn(service).get("live").get("state").asString())
                    .as("known at the start, before any profile comes")
                    .isEqualTo("other-schema");
        }
    }
}
