package winback.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import winback.contracts.ProfileChanged;
import winback.contracts.Topic;
import winback.contracts.TrainingSetRequested;
import winback.infrastructure.junit.Infrastructure;

/** Features that know what is to come are refused by their time: in training and in scoring. */
class PlantedFutureTest {

    private static final int DAYS = 400;
    private static final Instant NOW = Instant.parse("2026-06-30T23:00:00Z");
    private static final Duration SOON = Duration.ofMinutes(2);

    @RegisterExtension
    final Infrastructure infra = Infrastructure.shared();

    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 700, DAYS, 31);

    private static JsonNode train(RunningService service, String state) {
        String id = service.post("/v1/models/churn/trainings", "{}")
                .body()
                .get("trainingId")
                .asString();
        return await().atMost(SOON)
                .until(
                        () -> service.get("/v1/trainings/" + id).body(),
                        job -> job.get("state").asString().equals(state));
    }

    private static ProfileChanged profile(String subscriberId, Instant featuresAsOf) {
        return new ProfileChanged(
                subscriberId,
                1,
                featuresAsOf,
                "active",
                NOW,
                SimulatedShop.SCHEMA.fingerprint(),
                new float[] {3, 30, 60, 30, 25, 1, .5f},
                new float[12][2],
                Map.of(),
                List.of(),
                null,
                null);
    }

    @Test
    void isRefusedByItsTime() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW);
                PlayedProfileService profile = new PlayedProfileService(
                        shop, DAYS, NOW, infra.bootstrapServers(), infra.topicPrefix(), service.events())) {
            profile.ahead = Duration.ofDays(1);
            assertThat(train(service, "failed").get("detail").asString())
                    .isEqualTo("No rows: a row is as of 2026-07-01T23:00:00Z, its data set as of 2026-06-30T23:00:00Z,"
                            + " so it may know what came after.");
            assertThat(service.get("/v1/models/churn").body().get("versions")).isEmpty();

            profile.ahead = Duration.ZERO;
            profile.requests.clear();
            train(service, "done");
            assertThat(profile.requests)
                    .hasSizeGreaterThan(2)
                    .allSatisfy(request -> assertThat(labelsUntil(request)).isBeforeOrEqualTo(NOW));

            profile.publish(Topic.PROFILE, profile("early", NOW.plus(Duration.ofHours(1))));
            profile.publish(Topic.PROFILE, profile("in-time", NOW.plus(Duration.ofMinutes(1))));
            await().atMost(SOON).until(() -> counted(service, "winback.scoring.early") == 1);
            await().atMost(SOON)
                    .until(() ->
                            service.get("/v1/subscribers/in-time/predictions").status() == 200);
            assertThat(service.get("/v1/subscribers/early/predictions").status())
                    .isEqualTo(404);
            assertThat(counted(service, "winback.training.rows.refused")).isPositive();
        }
    }

    private static double counted(RunningService service, String counter) {
        return service.bean(MeterRegistry.class).get(counter).counter().count();
    }

    private static Instant labelsUntil(TrainingSetRequested request) {
        return request.cutoff().plus(Duration.ofDays(request.horizonDays()));
    }
}
