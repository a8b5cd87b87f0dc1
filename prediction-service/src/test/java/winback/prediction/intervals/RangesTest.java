package winback.prediction.intervals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RangesTest {

    private final Random random = new Random(4);

    /** Spend of customers of whom {@code buyers} spend anything, exponentially, and predictions of its mean. */
    private double[][] spend(int n, double buyers) {
        double[][] drawn = new double[2][n];
        for (int i = 0; i < n; i++) {
            double mean = Math.exp(random.nextGaussian());
            drawn[0][i] = buyers * mean;
            drawn[1][i] = random.nextDouble() < buyers ? -mean * Math.log(1 - random.nextDouble()) : 0;
        }
        return drawn;
    }

    private static double coverage(SpendRange range, double[][] drawn) {
        return IntStream.range(0, drawn[0].length)
                        .filter(i -> range.of(drawn[0][i]).holds(drawn[1][i]))
                        .count()
                / (double) drawn[0].length;
    }

    @Test
    void spendOfOtherCustomersIsCoveredAsOftenAsPromised() {
        double[][] held = spend(4_000, .7);
        SpendRange range = SpendRange.fit(held[0], held[1]);
        assertThat(range.coverage()).isCloseTo(Range.NOMINAL, within(.02));
        assertThat(coverage(range, spend(10_000, .7))).isCloseTo(Range.NOMINAL, within(.03));
        assertThat(range.of(10).upper()).isGreaterThan(range.of(.1).upper());
    }

    @Test
    void whereFewSpendMoreAreCoveredThanPromisedAndItIsSaid() {
        double[][] held = spend(4_000, .05);
        SpendRange range = SpendRange.fit(held[0], held[1]);
        assertThat(range.coverage()).isGreaterThan(.9);
        assertThat(coverage(range, spend(10_000, .05))).isCloseTo(range.coverage(), within(.03));
    }

    @Test
    void anIntervalHoldsThePredictionThatItIsOf() {
        for (double buyers : new double[] {.05, .3, .7}) {
            double[][] held = spend(4_000, buyers);
            SpendRange range = SpendRange.fit(held[0], held[1]);
            for (double prediction : new double[] {0, .01, 1, 30, 1e6}) {
                assertThat(range.of(prediction).holds(prediction)).isTrue();
            }
        }
    }

    /** Probabilities that are too bold: the true share lies nearer to a half, by as much in the middle of a bin. */
    @Test
    void aProbabilitysRangeReachesToTheTrueShare() {
        double[] probability = new double[20_000];
        double[] outcome = new double[20_000];
        for (int i = 0; i < probability.length; i++) {
            probability[i] = random.nextDouble();
            outcome[i] = random.nextDouble() < .5 + .6 * (probability[i] - .5) ? 1 : 0;
        }
        ProbabilityRange range = ProbabilityRange.fit(probability, outcome);
        for (double p : new double[] {.05, .15, .25, .75, .85, .95}) {
            assertThat(range.of(p).holds(p)).isTrue();
            assertThat(p < .5 ? range.of(p).upper() : range.of(p).lower()).isCloseTo(.5 + .6 * (p - .5), within(.04));
        }
    }

    @Test
    void fewCustomersSayNothing() {
        assertThat(SpendRange.fit(new double[10], new double[10]).of(3).lower()).isNaN();
        assertThat(ProbabilityRange.fit(new double[10], new double[10]).of(.3).upper())
                .isNaN();
    }
}
