package winback.delivery.sendtimes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import winback.delivery.quiethours.QuietHours;

class HourWeightsTest {

    private static final QuietHours NIGHT = new QuietHours(21, 8);
    private static final Duration HALF_LIFE = Duration.ofDays(180);
    private static final Instant NOW = Instant.parse("2026-02-10T10:00:00Z");

    private static double[] at(int hour, double count) {
        double[] counts = new double[24];
        counts[hour] = count;
        return counts;
    }

    @Test
    void nobodysHistoryIsEveryWakingHourAlike() {
        double[] weights = HourWeights.everybody(new double[24], NIGHT, 100);
        assertThat(weights[8]).isCloseTo(1.0 / 13, within(1e-12));
        assertThat(weights[20]).isCloseTo(1.0 / 13, within(1e-12));
        assertThat(weights[21]).isZero();
        assertThat(Arrays.stream(weights).sum()).isCloseTo(1, within(1e-12));
    }

    @Test
    void ownHistoryWeighsAsMuchAsEverybodysAtTheStrengthOfThePrior() {
        double[] everybody = at(9, 1);
        double[] weights = HourWeights.shrunk(at(19, 12), everybody, 12);
        assertThat(weights[9]).isEqualTo(0.5);
        assertThat(weights[19]).isEqualTo(0.5);
        assertThat(HourWeights.shrunk(at(19, 1), everybody, 12)[9]).isCloseTo(12.0 / 13, within(1e-12));
        assertThat(HourWeights.shrunk(new double[24], everybody, 12)).isEqualTo(everybody);
    }

    @Test
    void bestHourIsNeverQuiet() {
        assertThat(HourWeights.bestHour(at(23, 1), NIGHT, "anna")).isBetween(8, 20);
        double[] weights = at(23, 0.7);
        weights[12] = 0.3;
        assertThat(HourWeights.bestHour(weights, NIGHT, "anna")).isEqualTo(12);
    }

    @Test
    void equalHoursAreSharedOutAmongSubscribers() {
        double[] weights = HourWeights.everybody(new double[24], NIGHT, 100);
        Set<Integer> hours = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            int hour = HourWeights.bestHour(weights, NIGHT, "subscriber-" + i);
            assertThat(hour).isEqualTo(HourWeights.bestHour(weights, NIGHT, "subscriber-" + i));
            hours.add(hour);
        }
        assertThat(hours).hasSize(13);
    }

    @Test
    void aResponseWeighsHalfAfterAHalfLife() {
        HourCounts counts = HourCounts.none(Instant.EPOCH).plus(19, NOW, HALF_LIFE);
        assertThat(counts.at(NOW.plus(HALF_LIFE), HALF_LIFE).counts()[19]).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void countsDoNotDependOnTheOrderOfResponses() {
        Random random = new Random(3);
        for (int run = 0; run < 200; run++) {
            HourCounts forward = HourCounts.none(Instant.EPOCH);
            HourCounts backward = HourCounts.none(Instant.EPOCH);
            HourCounts merged = HourCounts.none(Instant.EPOCH);
            int[] hours = random.ints(20, 0, 24).toArray();
            long[] days = random.longs(20, 0, 900).toArray();
            for (int i = 0; i < 20; i++) {
                Instant at = NOW.plus(Duration.ofDays(days[i]));
                forward = forward.plus(hours[i], at, HALF_LIFE);
                merged = merged.plus(HourCounts.none(Instant.EPOCH).plus(hours[i], at, HALF_LIFE), HALF_LIFE);
            }
            for (int i = 19; i >= 0; i--) {
                backward = backward.plus(hours[i], NOW.plus(Duration.ofDays(days[i])), HALF_LIFE);
            }
            Instant end = NOW.plus(Duration.ofDays(1000));
            assertThat(backward.at(end, HALF_LIFE).counts())
                    .containsExactly(forward.at(end, HALF_LIFE).counts(), within(1e-9));
            assertThat(merged.at(end, HALF_LIFE).counts())
                    .containsExactly(forward.at(end, HALF_LIFE).counts(), within(1e-9));
        }
    }
}
