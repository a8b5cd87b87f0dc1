package winback.prediction.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import winback.prediction.boosting.Objective;

class StackingTest {

    private static final int ROWS = 30_000;

    private final Random random = new Random(11);

    private double[] normal() {
        double[] values = new double[ROWS];
        Arrays.setAll(values, i -> random.nextGaussian());
        return values;
    }

    private float[] outcomes(double[] margins) {
        float[] y = new float[ROWS];
        for (int i = 0; i < ROWS; i++) {
            y[i] = random.nextDouble() < Objective.LOGISTIC.response(margins[i]) ? 1 : 0;
        }
        return y;
    }

    @Test
    void weighsMembersAsTheTruthDoes() {
        double[][] members = {normal(), normal(), normal()};
        double[] truth = Stacking.weighted(members, new double[] {.7, .3, 0});
        double[] weights = Stacking.weights(members, outcomes(truth), Objective.LOGISTIC);
        assertThat(Arrays.stream(weights).sum()).isCloseTo(1, within(1e-9));
        assertThat(weights[0]).isCloseTo(.7, within(.05));
        assertThat(weights[1]).isCloseTo(.3, within(.05));
        assertThat(weights[2]).isBetween(0., .04);
    }

    @Test
    void aMemberThatIsRightAloneGetsAll() {
        double[] right = normal();
        double[] wrong = normal();
        double[] weights = Stacking.weights(new double[][] {wrong, right}, outcomes(right), Objective.LOGISTIC);
        assertThat(weights[1]).isGreaterThan(.95);
    }

    @Test
    void equalMembersShareAlike() {
        double[] same = normal();
        double[] weights = Stacking.weights(new double[][] {same, same.clone()}, outcomes(same), Objective.LOGISTIC);
        assertThat(weights[0]).isCloseTo(.5, within(1e-9));
    }
}
