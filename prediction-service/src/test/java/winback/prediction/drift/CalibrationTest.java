package winback.prediction.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import winback.prediction.metrics.Interval;

class CalibrationTest {

    private static final int N = 600;

    private static double[] probabilities(Random random) {
        return random.doubles(N, .05, .95).toArray();
    }

    private static double[] outcomes(Random random, double[] probability) {
        return Arrays.stream(probability)
                .map(p -> random.nextDouble() < p ? 1 : 0)
                .toArray();
    }

    @Test
    void rightProbabilitiesAreWithinTheirRangesAboutNineteenTimesInTwenty() {
        Random random = new Random(6);
        int ece = 0;
        int observed = 0;
        for (int trial = 0; trial < 50; trial++) {
            double[] p = probabilities(random);
            Calibration.Probabilities found = Calibration.ofProbabilities(p, outcomes(random, p));
            ece += found.outside().contains("ece") ? 1 : 0;
            observed += found.outside().contains("observed") ? 1 : 0;
        }

        // Two or three are expected of the mean, half as many of the error, of which only the upper end counts.
        assertThat(observed).isBetween(1, 8);
        assertThat(ece).isLessThanOrEqualTo(6);
    }

    @Test
    void probabilitiesThatAreTooLowAreOutside() {
        Random random = new Random(7);
        double[] p = probabilities(random);
        double[] y = outcomes(random, Arrays.stream(p).map(Math::sqrt).toArray());

        Calibration.Probabilities found = Calibration.ofProbabilities(p, y);

        assertThat(found.outside()).contains("observed", "ece");
        assertThat(found.customers()).isEqualTo(N);
        assertThat(found.observed()).isGreaterThan(found.observedRange().upper());
        assertThat(found.predicted())
                .isBetween(found.observedRange().lower(), found.observedRange().upper());
        assertThat(found.ece()).isGreaterThan(.1);
    }

    @Test
    void aRightTotalIsWithinItsRangeAndAWrongOneIsNot() {
        Random random = new Random(8);
        double[] expected = random.doubles(N, 5, 50).toArray();
        double[] amount = Arrays.stream(expected)
                .map(e -> random.nextDouble() < .5 ? 0 : 2 * e * -Math.log(random.nextDouble()))
                .toArray();

        Calibration.Totals right = Calibration.ofAmounts(expected, amount);
        Calibration.Totals wrong = Calibration.ofAmounts(
                expected, Arrays.stream(amount).map(a -> .7 * a).toArray());

        assertThat(right.outside()).isEmpty();
        assertThat(right.ratio()).isCloseTo(1, within(.15));
        assertThat(wrong.outside()).containsExactly("ratio");
        assertThat(wrong.ratio()).isCloseTo(Objects.requireNonNull(right.ratio()) / .7, within(1e-9));
        Interval range = Objects.requireNonNull(right.range());
        assertThat(range.lower()).isBetween(.8, 1.);
        assertThat(range.upper()).isBetween(1., 1.2);
    }

    @Test
    void nothingAtAllIsOutside() {
        Calibration.Totals found = Calibration.ofAmounts(new double[] {3, 4}, new double[2]);

        assertThat(found.ratio()).isNull();
        assertThat(found.range()).isNull();
        assertThat(found.outside()).containsExactly("ratio");
    }
}
