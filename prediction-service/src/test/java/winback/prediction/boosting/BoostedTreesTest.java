package winback.prediction.boosting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.junit.jupiter.api.Test;
import winback.prediction.progress.Progress;

class BoostedTreesTest {

    private static final int N = 400;
    private static final BoostingOptions OPTIONS = new BoostingOptions(60, 3, .1, 1, .7, .7, 1, 3, 7, 1);

    private final float[][] x = new float[N][3];
    private final float[] y = new float[N];
    private final float[] offset = new float[N];

    BoostedTreesTest() {
        Random random = new Random(5);
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < 3; j++) {
                x[i][j] = (float) random.nextGaussian();
            }
            offset[i] = .3f * x[i][1];
            y[i] = x[i][0] + random.nextGaussian() > 0 ? 1 : 0;
        }
    }

    @Test
    void roundByRoundGivesTheTreesThatOneCallGives() throws XGBoostError {
        float[] flat = new float[N * 3];
        for (int i = 0; i < N; i++) {
            System.arraycopy(x[i], 0, flat, 3 * i, 3);
        }
        DMatrix data = new DMatrix(flat, N, 3, Float.NaN);
        data.setLabel(y);
        data.setBaseMargin(offset);
        Booster atOnce = XGBoost.train(data, OPTIONS.parameters(Objective.LOGISTIC), 60, Map.of(), null, null);
        try {
            BoostedTrees rounds = BoostedTrees.fit(x, y, offset, Objective.LOGISTIC, 60, OPTIONS);
            double[] margins = rounds.margins(x, offset);
            float[][] expected = atOnce.predict(data, true);
            for (int i = 0; i < N; i++) {
                assertThat(margins[i]).isCloseTo(expected[i][0], within(1e-5));
            }
            assertThat(rounds.margins(x, offset, 20)).isNotEqualTo(margins);
        } finally {
            atOnce.dispose();
            data.dispose();
        }
    }

    @Test
    void anInterruptIsSeenAtTheNextTree() {
        List<String> said = new ArrayList<>();
        assertThatThrownBy(() -> Progress.heardBy(
                        (share, detail) -> {
                            said.add(detail);
                            if (detail.equals("3 of 60 trees.")) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        () -> BoostedTrees.fit(x, y, offset, Objective.LOGISTIC, 60, OPTIONS)))
                .isInstanceOf(CancellationException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(said).hasSize(4).last().isEqualTo("3 of 60 trees.");
    }
}
