package winback.content.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import winback.content.policy.Policy.Arm;

class PolicyTest {

    @Test
    void equalArmsAreEquallyLikely() {
        Policy policy = Policy.thompson(List.of(Arm.of("a", 0, 0), Arm.of("b", 0, 0), Arm.of("c", 0, 0)));
        assertThat(policy.probabilities().values())
                .allSatisfy(p -> assertThat(p).isCloseTo(1 / 3., within(1e-6)));
        assertThat(policy.certainty()).isCloseTo(0, within(1e-6));
    }

    @Test
    void whereAllAreEqualNothingIsCertain() {
        for (int arms = 2; arms <= 64; arms++) {
            List<Arm> equal = IntStream.range(0, arms)
                    .mapToObj(i -> Arm.of("arm-" + i, 0, 0))
                    .toList();
            assertThat(Policy.thompson(equal).certainty()).as(arms + " arms").isZero();
        }
    }

    /** P(Beta(1 + 1, 1) > Beta(1, 1)) = ∫ 2x · x dx = 2/3. */
    @Test
    void agreesWithTheClosedForm() {
        assertThat(ArmProbabilities.best(new double[] {2, 1}, new double[] {1, 1})[0])
                .isCloseTo(2 / 3., within(1e-5));
        // P(Beta(3,1) > Beta(1,2)) = ∫ 3x² (1 − (1 − x)²) dx = 9/10.
        assertThat(ArmProbabilities.best(new double[] {3, 1}, new double[] {1, 2})[0])
                .isCloseTo(.9, within(1e-5));
    }

    @Test
    void agreesWithSampling() {
        double[] alpha = {31, 25, 4};
        double[] beta = {971, 977, 98};
        Random random = new Random(7);
        int[] wins = new int[3];
        int draws = 100_000;
        for (int d = 0; d < draws; d++) {
            int best = 0;
            double largest = -1;
            for (int i = 0; i < 3; i++) {
                double a = gamma(random, alpha[i]);
                double rate = a / (a + gamma(random, beta[i]));
                if (rate > largest) {
                    largest = rate;
                    best = i;
                }
            }
            wins[best]++;
        }
        double[] best = ArmProbabilities.best(alpha, beta);
        for (int i = 0; i < 3; i++) {
            assertThat(best[i]).isCloseTo((double) wins[i] / draws, within(.006));
        }
    }

    @Test
    void staysRightWithMillionsOfExposures() {
        double[] best = ArmProbabilities.best(new double[] {50_000, 50_100}, new double[] {1_950_000, 1_949_900});
        // Normal approximation: the difference of 5e-5 is .3203 of its standard deviation 1.561e-4.
        assertThat(best[1]).isCloseTo(.6256, within(.001));
    }

    /** Near 1 a grid must not step beyond it by a rounding: of 40,000 such states 46 did. */
    @Test
    void isNeverWithoutAnAnswer() {
        for (int successes = 0; successes < 200; successes++) {
            for (int failures = 0; failures < 200; failures++) {
                Policy policy =
                        Policy.thompson(List.of(Arm.of("a", successes + failures, successes), Arm.of("b", 48, 19)));
                assertThat(policy.probability(0)).isBetween(.0099, .9901);
                assertThat(policy.probability(1)).isBetween(.0099, .9901);
            }
        }
    }

    /** Each of 64 arms against the product of the 63 others, by a grid of its own. */
    @Test
    void agreesWithTheIntegralForManyArmsOfManySizes() {
        int k = 64;
        double[] alpha = new double[k];
        double[] beta = new double[k];
        Random random = new Random(3);
        for (int i = 0; i < k; i++) {
            int exposures = 1 << random.nextInt(14);
            int successes = (int) (exposures * .08 * random.nextDouble());
            alpha[i] = 1 + successes;
            beta[i] = 1 + exposures - successes;
        }
        double[] expected = new double[k];
        int steps = 50_000;
        double[] below = new double[k];
        double[] norm = new double[k];
        for (int i = 0; i < k; i++) {
            for (int g = 1; g < steps; g++) {
                norm[i] += kernel(alpha[i], beta[i], g / (double) steps);
            }
        }
        for (int g = 1; g < steps; g++) {
            double[] density = new double[k];
            double[] middle = new double[k];
            for (int i = 0; i < k; i++) {
                density[i] = kernel(alpha[i], beta[i], g / (double) steps) / norm[i];
                middle[i] = below[i] + density[i] / 2;
                below[i] += density[i];
            }
            for (int i = 0; i < k; i++) {
                double value = density[i];
                for (int j = 0; j < k; j++) {
                    value *= j == i ? 1 : middle[j];
                }
                expected[i] += value;
            }
        }
        double[] best = ArmProbabilities.best(alpha, beta);
        for (int i = 0; i < k; i++) {
            assertThat(best[i]).isCloseTo(expected[i], within(2e-4));
        }
    }

    private static double kernel(double alpha, double beta, double x) {
        double peak = (alpha - 1) / Math.max(1, alpha + beta - 2);
        double atPeak = peak == 0 ? 0 : (alpha - 1) * Math.log(peak) + (beta - 1) * Math.log1p(-peak);
        return Math.exp((alpha - 1) * Math.log(x) + (beta - 1) * Math.log1p(-x) - atPeak);
    }

    @Test
    void noArmIsGivenUpForGood() {
        Policy policy = Policy.thompson(List.of(Arm.of("good", 10_000, 5000), Arm.of("bad", 10_000, 10)));
        assertThat(policy.probability(1)).isCloseTo(.01 / 1.01, within(1e-6));
        assertThat(policy.probability(0) + policy.probability(1)).isCloseTo(1, within(1e-12));
        assertThat(policy.certainty()).isGreaterThan(.9);
    }

    /** DESIGN rule 5: over 100,000 decisions the frequencies match the probabilities (χ², p > .001). */
    @Test
    void drawsAreMadeFromExactlyTheLoggedProbabilities() {
        Policy policy = Policy.thompson(
                List.of(Arm.of("a", 400, 20), Arm.of("b", 380, 24), Arm.of("c", 100, 4), Arm.of("d", 50, 0)));
        int n = 100_000;
        int[] drawn = new int[4];
        Random random = new Random(11);
        for (int i = 0; i < n; i++) {
            drawn[policy.draw(random.nextDouble())]++;
        }
        double chiSquare = 0;
        for (int arm = 0; arm < 4; arm++) {
            double expected = n * policy.probability(arm);
            chiSquare += (drawn[arm] - expected) * (drawn[arm] - expected) / expected;
        }
        assertThat(chiSquare).isLessThan(16.27); // 99.9th percentile of χ² with 3 degrees of freedom
    }

    @Test
    void aShiftMovesTheRateAndKeepsTheWeight() {
        Policy.Arm arm = Policy.Arm.of("a", 998, 49);
        Policy.Arm higher = arm.shifted(Math.log(2));

        assertThat(higher.alpha() + higher.beta()).isCloseTo(1000, within(1e-9));
        assertThat(higher.alpha() / higher.beta()).isCloseTo(2 * arm.alpha() / arm.beta(), within(1e-9));
        // Where nothing is known it takes nothing away.
        assertThat(Policy.thompson(List.of(
                                Policy.Arm.of("a", 0, 0).shifted(-.45),
                                Policy.Arm.of("b", 0, 0).shifted(.45)))
                        .probability(1))
                .isBetween(.5, .7);
    }

    @Test
    void refusesImpossibleRecords() {
        assertThatThrownBy(() -> Arm.of("a", 1, 2)).hasMessageContaining("2 successes of 1 exposures");
        assertThatThrownBy(() -> Policy.thompson(List.of())).hasMessageContaining("no arms");
    }

    /** Marsaglia and Tsang, A simple method for generating gamma variables, ACM TOMS 26 (2000); shape ≥ 1. */
    private static double gamma(Random random, double shape) {
        double d = shape - 1 / 3.;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = Math.pow(1 + c * x, 3);
            if (v > 0 && Math.log(random.nextDouble()) < x * x / 2 + d - d * v + d * Math.log(v)) {
                return d * v;
            }
        }
    }
}
