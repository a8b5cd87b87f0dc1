package winback.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import winback.infrastructure.junit.Infrastructure;

/** What goes wrong with trainings. Each test has a service, a schema and topics of its own. */
class TrainingTest {

    private static final int DAYS = 400;
    private static final Instant NOW = Instant.parse("2026-06-30T23:00:00Z");
    private static final Duration SOON = Duration.ofMinutes(2);

    @RegisterExtension
    final Infrastructure infra = Infrastructure.shared();

    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 700, DAYS, 31);

    private PlayedProfileService play(RunningService service) {
        return new PlayedProfileService(
                shop, DAYS, NOW, infra.bootstrapServers(), infra.topicPrefix(), service.events());
    }

    private static String train(RunningService service, String model) {
        return service.post("/v1/models/" + model + "/trainings", "{}")
                .body()
                .get("trainingId")
                .asString();
    }

    private static JsonNode awaitState(RunningService service, String training, String state) {
        return await().atMost(SOON)
                .until(
                        () -> service.get("/v1/trainings/" + training).body(),
                        job -> job.get("state").asString().equals(state));
    }

    @Test
    void aCancelledTrainingStopsWhereverItIsAndTheNextOneRuns() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW, "--winback.boosting.max-trees=5000");
                PlayedProfileService profile = play(service)) {
            // Collecting.
            profile.stopAfter = 50;
            String collecting = train(service, "churn");
            await().atMost(SOON)
                    .until(() -> service.db()
                            .sql("SELECT count(*) = 50 FROM dataset_row")
                            .query(Boolean.class)
                            .single());
            JsonNode cancelled = cancel(service, collecting).body();
            assertThat(cancelled.get("state").asString()).isEqualTo("cancelled");
            await().atMost(SOON)
                    .until(() -> service.db()
                            .sql("SELECT count(*) = 0 FROM dataset")
                            .query(Boolean.class)
                            .single());

            // Fitting: thousands of trees, of which it says how many it has.
            profile.stopAfter = Integer.MAX_VALUE;
            String fitting = train(service, "churn");
            JsonNode under = await().atMost(SOON)
                    .until(
                            () -> service.get("/v1/trainings/" + fitting).body(),
                            job -> job.get("detail")
                                    .asString()
                                    .matches("Back-testing, fold 1 of 3, .*\\d of 5000 trees\\."));
            assertThat(under.get("progress").asDouble()).isBetween(.5, .7);
            assertThat(cancel(service, fitting).status()).isEqualTo(200);
            assertThat(cancel(service, fitting).body().get("detail").asString())
                    .as("once more changes nothing")
                    .isEqualTo("Cancelled.");

            // Requested while another is carried out.
            String evaluation = service.post("/v1/evaluations", """
                            {"task": "churn", "trainCutoff": "2026-01-31", "testCutoff": "2026-04-30", "horizonDays": 30}""")
                    .body()
                    .get("evaluationId")
                    .asString();
            await().atMost(SOON)
                    .until(() -> service.get("/v1/evaluations/" + evaluation)
                            .body()
                            .get("detail")
                            .asString()
                            .contains("of 5000 trees"));
            assertThat(service.post("/v1/evaluations/" + evaluation + "/cancel", "")
                            .body()
                            .get("state")
                            .asString())
                    .isEqualTo("cancelled");

            assertThat(service.get("/v1/models/churn").body().get("versions")).isEmpty();
            assertThat(service.get("/actuator/prometheus").body().asString())
                    .contains("winback_jobs_ended_total{kind=\"training\",outcome=\"cancelled\"} 2.0")
                    .contains("winback_jobs_ended_total{kind=\"evaluation\",outcome=\"cancelled\"} 1.0");
            assertThat(cancel(service, "t-0").status()).isEqualTo(404);
        }
    }

    @Test
    void whatHasEndedCannotBeCancelled() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW);
                PlayedProfileService profile = play(service)) {
            String training = train(service, "churn");
            awaitState(service, training, "done");

            RunningService.Answer answer = cancel(service, training);

            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.body().get("code").asString()).isEqualTo("job-ended");
            assertThat(service.get("/v1/trainings/" + training)
                            .body()
                            .get("state")
                            .asString())
                    .isEqualTo("done");
            assertThat(profile.requests).isNotEmpty();
        }
    }

    private static RunningService.Answer cancel(RunningService service, String training) {
        return service.post("/v1/trainings/" + training + "/cancel", "");
    }

    @Test
    void goesOnCollectingAfterARestartAndKeepsItsModelAfterAnother() throws InterruptedException {
        String training;
        PlayedProfileService profile;
        try (RunningService service = new RunningService(infra, NOW)) {
            profile = play(service);
            profile.stopAfter = 50;
            training = train(service, "churn");
            String id = training;
            await().atMost(SOON)
                    .until(() -> service.get("/v1/trainings/" + id)
                            .body()
                            .get("detail")
                            .asString()
                            .contains("no partition closed"));
            // That sentence stands there before anybody has answered, too.
            await().atMost(SOON)
                    .until(() -> service.db()
                            .sql("SELECT count(*) = 50 FROM dataset_row")
                            .query(Boolean.class)
                            .single());
            assertThat(train(service, "churn")).as("one at a time").isEqualTo(training);
            RunningService.Answer other = service.post("/v1/models/churn/trainings", "{\"horizonDays\": 60}");
            assertThat(other.status()).isEqualTo(409);
            assertThat(other.body().get("code").asString()).isEqualTo("training-open");
            assertThat(other.body().get("detail").asString()).contains(training);
            assertThat(service.get("/v1/trainings/" + training).body().get("request"))
                    .hasToString("{\"horizonDays\":30}");
        }
        try (RunningService service = new RunningService(infra, NOW)) {
            profile.publishWith(service.events());
            profile.stopAfter = Integer.MAX_VALUE;
            // The rows already there come again, then the rest.
            profile.answer(profile.requests.getFirst());

            JsonNode done = awaitState(service, training, "done");
            assertThat(done.get("modelVersion").asString()).isEqualTo("churn-1");
            assertThat(done.get("progress").asDouble()).isEqualTo(1);
            assertThat(done.get("metrics").get("population").asInt()).isGreaterThan(600);
        }
        try (RunningService service = new RunningService(infra, NOW)) {
            profile.publishWith(service.events());
            assertThat(service.get("/v1/models/churn").body().get("live").asString())
                    .isEqualTo("churn-1");
            profile.publishProfiles(1, SimulatedShop.SCHEMA.fingerprint());
            await().atMost(SOON)
                    .until(() -> service.get("/v1/subscribers/s00001/predictions")
                            .body()
                            .path("scores")
                            .has("churn"));
        }
        profile.close();
    }

    @Test
    void namesThePartitionThatItWaitedForInVain() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW);
                PlayedProfileService profile = play(service)) {
            profile.forgottenPartition = 1;
            String training = train(service, "value");
            await().atMost(SOON)
                    .until(() -> service.get("/v1/trainings/" + training)
                            .body()
                            .get("detail")
                            .asString()
                            .contains("partition 1 of 3 not closed"));

            service.advance(Duration.ofMinutes(11));

            JsonNode failed = awaitState(service, training, "failed");
            assertThat(failed.get("detail").asString())
                    .startsWith(
                            "Timed out: nothing arrived for 600 s. Missing: data set newest (as of 2026-06-30T23:00:00Z)")
                    .contains("partition 1 of 3 not closed");
            assertThat(service.get("/v1/models/value").body().get("versions")).isEmpty();
        }
    }

    @Test
    void saysHowManyCustomersAreMissing() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW);
                PlayedProfileService profile = play(service)) {
            profile.most = 12;
            JsonNode few = awaitState(service, train(service, "churn"), "failed");
            assertThat(few.get("detail").asString()).isEqualTo("12 customers: at least 100 are needed.");

            profile.most = Integer.MAX_VALUE;
            profile.mood = row -> new SimulatedShop.Row(row.subscriberId(), row.features(), 0, 0);
            JsonNode silent = awaitState(service, train(service, "value"), "failed");
            assertThat(silent.get("detail").asString())
                    .contains(", of whom 0 spent anything within the ")
                    .contains("at least 100 customers, 20 of them so, are needed.");

            // Who comes to the shop stays, whether they order or not.
            profile.mood = row -> row.withVisits(1);
            JsonNode loyal = awaitState(service, train(service, "churn"), "failed");
            assertThat(loyal.get("detail").asString()).contains(", of whom 0 neither ordered nor visited within");
        }
    }

    private static String failedEvaluation(RunningService service, String task) {
        String id = service.post("/v1/evaluations", """
                        {"task": "%s", "trainCutoff": "2026-01-31", "testCutoff": "2026-04-30", "horizonDays": 30}""".formatted(task))
                .body()
                .get("evaluationId")
                .asString();
        return await().atMost(SOON)
                .until(
                        () -> service.get("/v1/evaluations/" + id).body(),
                        job -> job.get("state").asString().equals("failed"))
                .get("detail")
                .asString();
    }

    @Test
    void anEvaluationSaysWhatItsDataLack() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW);
                PlayedProfileService profile = play(service)) {
            profile.most = 12;
            assertThat(failedEvaluation(service, "churn"))
                    .isEqualTo("12 customers at the train cutoff and 12 at the test cutoff: at least 50 are needed.");

            profile.most = Integer.MAX_VALUE;
            profile.mood = row -> new SimulatedShop.Row(row.subscriberId(), row.features(), 0, 0);
            assertThat(failedEvaluation(service, "churn"))
                    .isEqualTo(
                            "0 customers had the rarer of the two outcomes, to order again or not to, between the train"
                                    + " and the test cutoff, within 30 days: at least 10 are needed to learn from.");
            assertThat(failedEvaluation(service, "value"))
                    .startsWith("0 customers spent anything between the train and the test cutoff");

            // Refunds alone: nobody spent.
            profile.mood = row -> new SimulatedShop.Row(row.subscriberId(), row.features(), row.orders(), -row.spend());
            assertThat(failedEvaluation(service, "value")).startsWith("0 customers spent anything");

            float[] same = new SimulatedShop(SimulatedShop.BUSY, 10, 600, 3)
                    .rows(400, 0)
                    .getFirst()
                    .features();
            profile.mood = row -> {
                int orders = row.subscriberId().hashCode() & 1;
                return new SimulatedShop.Row(row.subscriberId(), same, orders, 20 * orders);
            };
            assertThat(failedEvaluation(service, "value"))
                    .contains("customers at the train cutoff are the same in every feature");
        }
    }

    @Test
    void aModelThatLosesToTheOneItWouldReplaceIsNotServed() throws InterruptedException {
        // Some customers never come back, and only one feature tells who: trees are worth something.
        PlayedProfileService.Mood moody =
                row -> row.features()[6] > .6f ? new SimulatedShop.Row(row.subscriberId(), row.features(), 0, 0) : row;
        PlayedProfileService profile;
        try (RunningService service = new RunningService(infra, NOW)) {
            profile = play(service);
            profile.mood = moody;
            JsonNode good = awaitState(service, train(service, "churn"), "done");
            assertThat(good.get("detail").asString()).startsWith("churn-1 is live.");
        }
        try (RunningService service =
                new RunningService(infra, NOW, "--winback.boosting.max-trees=1", "--winback.boosting.eta=.001")) {
            profile.publishWith(service.events());
            JsonNode worse = awaitState(service, train(service, "churn"), "done");
            assertThat(worse.get("detail").asString())
                    .startsWith("churn-2 is not served. On the back-test of ")
                    .contains("that of the recipe of churn-1 0.", "95 % interval", "It is worse, beyond noise.");
            JsonNode gate = worse.get("metrics").get("gate");
            assertThat(gate.get("passes").asBoolean()).isFalse();
            assertThat(gate.get("lower").asDouble()).isPositive();
            assertThat(service.get("/v1/models/churn").body().get("live").asString())
                    .isEqualTo("churn-1");
        }
        profile.close();
    }

    @Test
    void theSameRecipeOnNewerDataIsTaken() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW);
                PlayedProfileService profile = play(service)) {
            for (String model : new String[] {"churn", "value"}) {
                String old = service.post("/v1/models/" + model + "/trainings", """
                                {"cutoff": "2026-03-31", "horizonDays": 30}""")
                        .body()
                        .get("trainingId")
                        .asString();
                assertThat(awaitState(service, old, "done").get("detail").asString())
                        .startsWith(model + "-1 is live.")
                        .contains("that of the base rate");
                String newer = service.post("/v1/models/" + model + "/trainings", "{\"horizonDays\": 30}")
                        .body()
                        .get("trainingId")
                        .asString();

                assertThat(awaitState(service, newer, "done").get("detail").asString())
                        .as("compared with the model itself, which has not seen the test's time")
                        .startsWith(model + "-2 is live.")
                        .contains("that of " + model + "-1 ");
                // Of the test's time it has seen the outcomes: its recipe is compared, and is the same.
                assertThat(awaitState(service, train(service, model), "done")
                                .get("detail")
                                .asString())
                        .startsWith(model + "-3 is live.");
                String older = service.post("/v1/models/" + model + "/trainings", """
                                {"cutoff": "2026-03-31"}""")
                        .body()
                        .get("trainingId")
                        .asString();
                assertThat(awaitState(service, older, "done").get("detail").asString())
                        .startsWith(model + "-4 is not served.")
                        .endsWith("But it is of older data.");
            }
            assertThat(profile.requests).isNotEmpty();
        }
    }
}
