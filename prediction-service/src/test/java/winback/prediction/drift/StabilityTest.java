package winback.prediction.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StabilityTest {

    /** What features look like. */
    enum Population {
        NORMAL {
            @Override
            float draw(Random random) {
                return (float) random.nextGaussian();
            }
        },
        SKEWED {
            @Override
            float draw(Random random) {
                return (float) Math.exp(2 * random.nextGaussian());
            }
        },
        MOSTLY_ZERO {
            @Override
            float draw(Random random) {
                return random.nextDouble() < .7 ? 0 : random.nextFloat() * 50;
            }
        },
        MOSTLY_GREATEST {
            @Override
            float draw(Random random) {
                return random.nextDouble() < .95 ? 1 : random.nextFloat();
            }
        },
        BINARY {
            @Override
            float draw(Random random) {
                return random.nextDouble() < .03 ? 1 : 0;
            }
        },
        RANK_OR_UNKNOWN {
            @Override
            float draw(Random random) {
                return random.nextDouble() < .4 ? Float.NaN : random.nextInt(6);
            }
        },
        RARELY_KNOWN {
            @Override
            float draw(Random random) {
                return random.nextDouble() < .9 ? Float.NaN : (float) random.nextGaussian();
            }
        };

        abstract float draw(Random random);

        float[] sample(Random random, int n) {
            float[] sample = new float[n];
            for (int i = 0; i < n; i++) {
                sample[i] = draw(random);
            }
            return sample;
        }
    }

    @Property(tries = 40)
    void samplesOfOnePopulationRaiseNoAlarm(
            @ForAll Population population,
            @ForAll @IntRange(min = 100, max = 3_000) int n,
            @ForAll @IntRange(min = 100, max = 3_000) int m,
            @ForAll long seed) {
        Random random = new Random(seed);
        int aboveNoise = 0;
        for (int sample = 0; sample < 100; sample++) {
            Column reference = Column.of(population.sample(random, n), new float[0][]);
            int[] current = reference.count(population.sample(random, m));
            double psi = Stability.psi(reference.counts(), current);
            double noise = Stability.noise(reference.counts(), current);

            assertThat(psi).isBetween(0., Stability.SHIFTED + noise);
            aboveNoise += psi > noise ? 1 : 0;
        }
        assertThat(aboveNoise).as("one in a thousand is expected").isLessThanOrEqualTo(4);
    }

    @Test
    void ofOnePopulationTheIndexIsInTheMeanWhatIsExpected() {
        Random random = new Random(3);
        double sum = 0;
        double expected = 0;
        for (int sample = 0; sample < 500; sample++) {
            Column reference = Column.of(Population.NORMAL.sample(random, 400), new float[0][]);
            int[] current = reference.count(Population.NORMAL.sample(random, 800));
            sum += Stability.psi(reference.counts(), current);
            expected += Stability.expected(reference.counts(), current);
        }

        assertThat(expected / 500).isCloseTo(9 * (1 / 400. + 1 / 800.), within(1e-9));
        assertThat(sum).isCloseTo(expected, within(.1 * expected));
    }

    @Test
    void aPopulationThatMovesByItsDeviationIsSeenInAFewHundredCustomers() {
        Random random = new Random(4);
        Column reference = Column.of(Population.NORMAL.sample(random, 300), new float[0][]);
        float[] moved = Population.NORMAL.sample(random, 300);
        for (int i = 0; i < moved.length; i++) {
            moved[i] += 1;
        }
        int[] current = reference.count(moved);

        assertThat(Stability.psi(reference.counts(), current))
                .isGreaterThan(Stability.SHIFTED + Stability.noise(reference.counts(), current));
    }

    @Test
    void countsByHand() {
        // (80.5 − 50.5) ÷ 101 × ln(80.5 ÷ 50.5) + (20.5 − 50.5) ÷ 101 × ln(20.5 ÷ 50.5)
        assertThat(Stability.psi(new int[] {50, 50, 0}, new int[] {80, 20, 0})).isCloseTo(.40630, within(1e-4));
        assertThat(Stability.expected(new int[] {50, 50, 0}, new int[] {80, 20, 0}))
                .isCloseTo(.02, within(1e-12));
        // The 99.9 % point of χ² with one degree of freedom is 10.828.
        assertThat(Stability.noise(new int[] {50, 50, 0}, new int[] {80, 20, 0}))
                .isCloseTo(.21656, within(1e-4));
        assertThat(Stability.psi(new int[] {0, 9}, new int[] {0, 3})).isZero();
        assertThat(Stability.noise(new int[] {0, 9}, new int[] {0, 3})).isZero();
    }

    @Property(tries = 100)
    void isSymmetricAndZeroOnlyWithoutAChange(@ForAll @Size(12) int[] some, @ForAll @Size(12) int[] others) {
        int[] r = bounded(some);
        int[] c = bounded(others);

        assertThat(Stability.psi(r, c))
                .isCloseTo(Stability.psi(c, r), within(1e-12))
                .isNotNegative();
        assertThat(Stability.psi(r, r)).isZero();
    }

    private static int[] bounded(int[] counts) {
        int[] bounded = new int[counts.length];
        for (int i = 0; i < counts.length; i++) {
            bounded[i] = Math.floorMod(counts[i], 1_000);
        }
        return bounded;
    }

    @Test
    void refusesOtherBins() {
        assertThatIllegalArgumentException().isThrownBy(() -> Stability.psi(new int[2], new int[3]));
    }
}
