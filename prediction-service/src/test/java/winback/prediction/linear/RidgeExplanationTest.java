package winback.prediction.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import winback.prediction.attribution.Attribution;
import winback.prediction.boosting.Objective;

class RidgeExplanationTest {

    private static final int ROWS = 2_000;

    private final float[][] x = new float[ROWS][3];
    private final float[] offset = new float[ROWS];
    private final RidgeModel model;

    /** A number, one that is unknown in a third of the rows, which matters, and a constant. */
    RidgeExplanationTest() {
        Random random = new Random(8);
        float[] y = new float[ROWS];
        for (int i = 0; i < ROWS; i++) {
            boolean known = random.nextInt(3) > 0;
            x[i][0] = random.nextInt(5);
            x[i][1] = known ? random.nextFloat() : Float.NaN;
            x[i][2] = 7;
            offset[i] = (float) random.nextGaussian();
            double margin = offset[i] * 1.5 + x[i][0] / 2 - (known ? x[i][1] : 2);
            y[i] = random.nextDouble() < Objective.LOGISTIC.response(margin) ? 1 : 0;
        }
        model = RidgeModel.path(x, y, offset, Objective.LOGISTIC, new double[] {.001})
                .getFirst();
    }

    private Attribution explained(int i, double usualGuess, double weight) {
        Attribution parts = new Attribution(Attribution.Scale.LOG_ODDS, 3, offset[i], usualGuess);
        parts.addGuess(weight);
        model.explain(x[i], offset[i], weight, parts);
        return parts;
    }

    @Test
    void addsUpWhateverTheUsualGuess() {
        double[] margins = model.margins(x, offset);
        for (int i = 0; i < ROWS; i++) {
            assertThat(explained(i, 0, 1).margin()).isCloseTo(margins[i], within(1e-9));
            assertThat(explained(i, -3, .25).margin()).isCloseTo(.25 * margins[i], within(1e-9));
        }
    }

    @Test
    void contributionsAreRelativeToTheMeanRow() {
        double[] mean = new double[3];
        double base = explained(0, 0, 1).base();
        for (int i = 0; i < ROWS; i++) {
            Attribution parts = explained(i, 0, 1);
            assertThat(parts.base()).isCloseTo(base, within(1e-9));
            for (int j = 0; j < 3; j++) {
                mean[j] += parts.features()[j] / ROWS;
            }
        }
        assertThat(mean).contains(new double[] {0, 0, 0}, within(1e-9));
        double known = 0;
        double unknown = 0;
        for (int i = 0; i < ROWS; i++) {
            if (Float.isNaN(x[i][1])) {
                unknown = explained(i, 0, 1).features()[1];
            } else {
                known = Math.max(known, explained(i, 0, 1).features()[1]);
            }
        }
        assertThat(unknown).as("unknown is worth -2, known -1/2 on average").isBetween(-1.4, -.6);
        assertThat(known).isPositive();
    }
}
