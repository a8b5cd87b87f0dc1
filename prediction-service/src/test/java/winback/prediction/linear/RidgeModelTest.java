package winback.prediction.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.boosting.Objective;

class RidgeModelTest {

    private static final int ROWS = 20_000;

    private final Random random = new Random(5);
    private final float[][] x = new float[ROWS][4];
    private final float[] offset = new float[ROWS];
    private final double[] truth = new double[ROWS];

    /** A standard normal feature on the logarithmic scale, one that is sometimes unknown, a constant, and noise. */
    RidgeModelTest() {
        for (int i = 0; i < ROWS; i++) {
            double z = random.nextGaussian();
            boolean known = random.nextInt(4) > 0;
            x[i][0] = (float) (Math.signum(z) * Math.expm1(Math.abs(z)));
            x[i][1] = known ? 1 + random.nextInt(3) : Float.NaN;
            x[i][2] = 7;
            x[i][3] = random.nextFloat();
            offset[i] = (float) (random.nextGaussian() - 1);
            truth[i] = offset[i] + .3 + .8 * z - (known ? 0 : 1.2);
        }
    }

    private float[] outcomes(Objective objective) {
        float[] y = new float[ROWS];
        for (int i = 0; i < ROWS; i++) {
            double mean = objective.response(truth[i]);
            y[i] = switch (objective) {
                case LOGISTIC -> random.nextDouble() < mean ? 1 : 0;
                // Half the customers spend, twice the mean and exponentially.
                case SQUARED -> (float) (mean + random.nextGaussian());
                case TWEEDIE -> random.nextBoolean() ? 0 : (float) (-2 * mean * Math.log(1 - random.nextDouble()));
            };
        }
        return y;
    }

    @Test
    void findsWhatTheOutcomesWereDrawnFrom() {
        for (Objective objective : Objective.values()) {
            List<RidgeModel> path =
                    RidgeModel.path(x, outcomes(objective), offset, objective, new double[] {1, .01, 1e-5});
            double[] margins = path.getLast().margins(x, offset);
            double error = 0;
            for (int i = 0; i < ROWS; i++) {
                error += Math.abs(margins[i] - truth[i]) / ROWS;
            }
            assertThat(error).as(objective.toString()).isLessThan(.08);
        }
    }

    @Test
    void aStrongPenaltyLeavesTheGuessButForItsLevel() {
        RidgeModel model = RidgeModel.path(
                        x, outcomes(Objective.LOGISTIC), offset, Objective.LOGISTIC, new double[] {1e4})
                .getFirst();
        double[] margins = model.margins(x, offset);
        double shift = margins[0] - offset[0];
        for (int i = 1; i < 100; i++) {
            assertThat(margins[i] - offset[i]).isCloseTo(shift, within(.01));
        }
    }

    @Test
    void isTheSameAfterJson() {
        JsonMapper json = JsonMapper.builder().build();
        RidgeModel model = RidgeModel.path(
                        x, outcomes(Objective.LOGISTIC), offset, Objective.LOGISTIC, new double[] {.01})
                .getFirst();
        RidgeModel read = json.readValue(json.writeValueAsBytes(model), RidgeModel.class);
        assertThat(read.margins(x, offset)).containsExactly(model.margins(x, offset));
    }

    @Test
    void wildValuesGiveFiniteMargins() {
        RidgeModel model = RidgeModel.path(
                        x, outcomes(Objective.TWEEDIE), offset, Objective.TWEEDIE, new double[] {.01})
                .getFirst();
        float[][] wild = {
            {Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN, -Float.MAX_VALUE},
            {Float.NaN, Float.NaN, Float.NaN, Float.NaN},
            {Float.NEGATIVE_INFINITY, 0, 0, 0}
        };
        for (double margin : model.margins(wild, new float[] {0, 1, 2})) {
            assertThat(margin).isFinite();
        }
    }

    @Test
    void nothingButConstantsLeavesTheLevel() {
        float[][] constant = new float[100][3];
        float[] y = new float[100];
        for (int i = 0; i < 30; i++) {
            y[i] = 1;
        }
        RidgeModel model = RidgeModel.path(constant, y, new float[100], Objective.LOGISTIC, new double[] {1, .01})
                .getLast();
        assertThat(Objective.LOGISTIC.response(model.margins(constant, new float[100])[0]))
                .isCloseTo(.3, within(1e-6));
    }
}
