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
    void aStrongPenaltyLeavesTheShareAlone() {
        float[] y = outcomes(Objective.LOGISTIC);
        RidgeModel model = RidgeModel.path(x, y, offset, Objective.LOGISTIC, new double[] {1e4})
                .getFirst();
        double share = 0;
        for (float label : y) {
            share += label / y.length;
        }
        double[] margins = model.margins(x, offset);
        for (int i = 0; i < 100; i++) {
            assertThat(Objective.LOGISTIC.response(margins[i])).isCloseTo(share, within(.01));
        }
    }

    /** Who is beyond everybody seen is taken for the last one seen: a line has nothing to say out there. */
    @Test
    void whatWasNeverSeenIsHeldAtWhatWas() {
        RidgeModel model = RidgeModel.path(
                        x, outcomes(Objective.LOGISTIC), offset, Objective.LOGISTIC, new double[] {.001})
                .getFirst();
        float most = 0;
        for (float[] row : x) {
            most = Math.max(most, row[0]);
        }
        float[][] rows = {{most, 1, 7, 0}, {2 * most, 1, 7, 0}, {Float.MAX_VALUE, 1, 7, 0}, {most / 2, 1, 7, 0}};
        double[] margins = model.margins(rows, new float[4]);
        assertThat(margins[1]).isEqualTo(margins[0]);
        assertThat(margins[2]).isEqualTo(margins[0]);
        assertThat(margins[3]).isLessThan(margins[0]);
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
