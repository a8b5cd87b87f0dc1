package winback.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import winback.infrastructure.junit.Infrastructure;

class ScheduleTest {

    private static final int DAYS = 400;
    private static final Instant NOW = Instant.parse("2026-06-30T23:00:00Z");
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String WEEKLY = "--winback.training.every=7d";

    @RegisterExtension
    final Infrastructure infra = Infrastructure.shared();

    private static JsonNode model(RunningService service, int index) {
        return service.get("/v1/models").body().get("models").get(index);
    }

    private static JsonNode trainings(RunningService service) {
        return service.get("/v1/trainings").body().get("trainings");
    }

    private static void awaitDone(RunningService service, int count) {
        await().atMost(SOON)
                .until(
                        () -> trainings(service).findValuesAsString("state"),
                        states -> states.equals(Collections.nCopies(count, "done")));
    }

    @Test
    void aModelIsTrainedAgainWhenItsNewestTrainingIsOldByWhicheverInstanceSeesItFirst() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW, WEEKLY);
                PlayedProfileService profile = new PlayedProfileService(
                        new SimulatedShop(SimulatedShop.BUSY, 700, DAYS, 31),
                        DAYS,
                        NOW,
                        infra.bootstrapServers(),
                        infra.topicPrefix(),
                        service.events())) {
            assertThat(model(service, 0).has("nextTrainingAt"))
                    .as("never trained")
                    .isFalse();
            service.post("/v1/models/churn/trainings", "{\"horizonDays\": 60}");
            awaitDone(service, 1);
            assertThat(model(service, 0).get("nextTrainingAt").asString()).isEqualTo("2026-07-07T23:00:00Z");

            // A start after the time, and a second instance for which it comes.
            try (RunningService other = new RunningService(infra, NOW.plus(Duration.ofDays(8)), WEEKLY)) {
                service.advance(Duration.ofDays(8));
                awaitDone(service, 2);

                assertThat(model(other, 0).get("nextTrainingAt").asString()).isEqualTo("2026-07-15T23:00:00Z");
                assertThat(model(other, 0).get("live").get("horizonDays").asInt())
                        .isEqualTo(60);
                assertThat(trainings(other)).hasSize(2);
                assertThat(trainings(other).get(0).get("model").asString()).isEqualTo("churn");
                assertThat(trainings(other).get(0).get("modelVersion").asString())
                        .isEqualTo("churn-2");
                assertThat(model(other, 1).has("nextTrainingAt")).isFalse();
            }
            assertThat(profile.requests).isNotEmpty();
        }
    }

    @Test
    void whileThereIsACanaryNoneBegins() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW, WEEKLY);
                PlayedProfileService profile = new PlayedProfileService(
                        new SimulatedShop(SimulatedShop.BUSY, 700, DAYS, 31),
                        DAYS,
                        NOW,
                        infra.bootstrapServers(),
                        infra.topicPrefix(),
                        service.events())) {
            service.post("/v1/models/churn/trainings", "");
            awaitDone(service, 1);
            service.post("/v1/models/churn/trainings", "{\"canaryShare\": 0.1, \"canaryDays\": 30}");
            awaitDone(service, 2);

            assertThat(model(service, 0).get("nextTrainingAt").asString())
                    .as("when the canary's days are over")
                    .isEqualTo("2026-07-30T23:00:00Z");

            service.post("/v1/models/churn/rollback", "");
            assertThat(model(service, 0).get("nextTrainingAt").asString()).isEqualTo("2026-07-07T23:00:00Z");
            assertThat(profile.requests).isNotEmpty();
        }
    }

    @Test
    void withoutAnIntervalNothingIsTrainedByItself() {
        try (RunningService service = new RunningService(infra, NOW, "--winback.training.every=0")) {
            service.post("/v1/models/churn/trainings", "");
            service.advance(Duration.ofDays(400));

            assertThat(model(service, 0).has("nextTrainingAt")).isFalse();
        }
    }
}
