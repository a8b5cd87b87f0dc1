package winback.benchmarks.personalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import winback.contracts.ProfileChanged;
import winback.contracts.ScoresChanged;
import winback.contracts.SendTimesChanged;

class SubscribersTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Instant NOW = Instant.parse("2026-11-02T09:30:02.125Z");

    @Test
    void theyAreWhatTheOtherServicesWouldPublish() {
        int people = 2_000;
        int unknown = 0;
        int consenting = 0;
        Set<String> zones = new HashSet<>();
        for (int number = 0; number < people; number++) {
            ProfileChanged profile = JSON.readValue(Subscribers.profile(number, 7, NOW), ProfileChanged.class);
            assertThat(profile.subscriberId()).isEqualTo(Subscribers.id(number)).hasSize(8);
            assertThat(profile.version()).isEqualTo(7);
            assertThat(profile.featuresAsOf()).isEqualTo(NOW);
            assertThat(profile.lastActivityAt()).isBefore(NOW);
            assertThat(profile.features()).hasSize(194);
            assertThat(profile.periods()).hasDimensions(12, 16);
            assertThat(profile.traits())
                    .containsOnlyKeys("email", "firstName", "lastName", "city", "favouriteCategory", "language");
            for (float feature : profile.features()) {
                unknown += Float.isNaN(feature) ? 1 : 0;
            }
            assertThat(profile.consents()).hasSize(1);
            consenting += profile.consents().getFirst().granted() ? 1 : 0;
            zones.add(profile.timezone());

            SendTimesChanged times = JSON.readValue(Subscribers.sendTimes(number, 7, NOW), SendTimesChanged.class);
            assertThat(times.hourWeights()).hasSize(24);
            assertThat(Arrays.stream(times.hourWeights()).sum()).isEqualTo(1, within(1e-9));
            assertThat(times.bestHour()).isBetween(8, 20);
            assertThat(times.timezone()).isEqualTo(profile.timezone());

            ScoresChanged scores = JSON.readValue(Subscribers.scores(number, 7, NOW), ScoresChanged.class);
            assertThat(scores.scores()).containsOnlyKeys("churn", "value", "engagement");
            scores.scores()
                    .values()
                    .forEach(score -> assertThat(score.value()).isBetween(score.lower(), score.upper()));
        }
        assertThat((double) unknown / (people * 194)).isEqualTo(1 / 3., within(.01));
        assertThat((double) consenting / people).isEqualTo(.95, within(.02));
        assertThat(zones).hasSizeBetween(24, 60);
    }

    @Test
    void aLaterVersionIsTheSamePersonWithOtherFeatures() {
        ProfileChanged before = JSON.readValue(Subscribers.profile(5, 1, NOW), ProfileChanged.class);
        ProfileChanged after = JSON.readValue(Subscribers.profile(5, 2, NOW), ProfileChanged.class);
        assertThat(after.traits()).isEqualTo(before.traits());
        assertThat(after.timezone()).isEqualTo(before.timezone());
        assertThat(after.features()).isNotEqualTo(before.features());
    }
}
