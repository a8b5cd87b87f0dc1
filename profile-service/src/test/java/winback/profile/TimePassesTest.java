package winback.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import winback.infrastructure.junit.Infrastructure;

class TimePassesTest {

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    @Test
    void sixtyDaysWithoutAnEventChangeLifecycleAndVector() {
        try (RunningService service = new RunningService(infra)) {
            service.post("/v1/track", """
                    {"userId":"quiet","messageId":"1","event":"Order Completed","timestamp":"%s","properties":{"total":9}}""".formatted(Instant.now().minus(Duration.ofDays(40))));
            await().untilAsserted(() -> assertThat(service.get("/v1/subscribers/quiet")
                            .body()
                            .path("lifecycle")
                            .asString(""))
                    .isEqualTo("active"));
            await().untilAsserted(() ->
                    assertThat(service.events("winback.profile", "quiet")).hasSize(1));

            service.clock.advance(Duration.ofDays(60));
            var asked = service.post("/v1/sweeps", "");
            assertThat(asked.status()).isEqualTo(202);
            String sweep = "/v1/sweeps/" + asked.body().get("sweepId").asString();
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(
                                    service.get(sweep).body().get("state").asString())
                            .isEqualTo("done"));
            assertThat(service.get(sweep).body().get("done").asLong()).isEqualTo(1);

            JsonNode profile = service.get("/v1/subscribers/quiet").body();
            assertThat(profile.get("lifecycle").asString()).isEqualTo("lapsed");
            assertThat(service.get("/v1/subscribers?lifecycle=lapsed")
                            .body()
                            .get("subscribers")
                            .size())
                    .isEqualTo(1);
            JsonNode changed = service.events("winback.profile", "quiet").getLast();
            assertThat(changed.get("version").asLong()).isGreaterThan(1);
            assertThat(changed.get("lifecycle").asString()).isEqualTo("lapsed");
            assertThat(changed.get("features").get(3).asDouble()).isBetween(99.9, 100.1);

            // And by itself: the clock goes on, nobody asks.
            service.clock.advance(Duration.ofDays(400));
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(service.get("/v1/subscribers/quiet")
                                    .body()
                                    .get("lifecycle")
                                    .asString())
                            .isEqualTo("lost"));
        }
    }
}
