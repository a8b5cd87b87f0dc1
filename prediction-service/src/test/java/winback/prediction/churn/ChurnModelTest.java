package winback.prediction.churn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import winback.prediction.SimulatedShop;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.boosting.Objective;
import winback.prediction.correction.Correction;
import winback.prediction.metrics.ChurnMetrics;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;

class ChurnModelTest {

    private static final BoostingOptions TREES = new BoostingOptions(40, 3, .15, 5, .7, .7, 1, 3, 7, 1);
    private static final ModelOptions OPTIONS = new ModelOptions(30, TREES);

    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 3_000, 600, 12);
    private final List<Sample> labelled = List.of(shop.sample(340, 30), shop.sample(355, 15));
    private final Sample newest = shop.sample(370, 0);

    @Test
    void ordersAndCalibratesSilenceOverTheHorizonAndBeyond() {
        try (ChurnModel model = ChurnModel.fit(labelled, newest, OPTIONS)) {
            Sample month = shop.sample(370, 30);
            ChurnMetrics near = ChurnMetrics.of(model.predict(month.features()), month.churned());
            assertThat(near.auc()).isGreaterThan(.75);
            assertThat(near.ece()).isLessThan(.04);

            Sample halfYear = shop.sample(370, 180);
            ChurnMetrics far = ChurnMetrics.of(model.predict(halfYear.features(), 180), halfYear.churned());
            assertThat(far.auc()).isGreaterThan(.75);
            assertThat(far.ece()).isLessThan(.08);
        }
    }

    @Test
    void predictsTheSameAfterSavingAndLoading() {
        try (ChurnModel model = ChurnModel.fit(labelled, newest, OPTIONS);
                ChurnModel loaded = ChurnModel.load(model.toBytes())) {
            assertThat(loaded.predict(newest.features())).containsExactly(model.predict(newest.features()));
            assertThat(loaded.calibration()).isEqualTo(model.calibration());
        }
    }

    @Test
    void aModelOfBeforeTheRidgeRegressionStillLoads() {
        try (ChurnModel model = ChurnModel.fit(labelled, newest, OPTIONS)) {
            ObjectNode kept = (ObjectNode) JsonMapper.shared().readTree(model.toBytes());
            kept.remove("correction");
            kept.put("treeCount", 0);
            kept.put("trees", "");
            try (ChurnModel old = ChurnModel.load(JsonMapper.shared().writeValueAsBytes(kept))) {
                double[] predictions = old.predict(newest.features());
                assertThat(predictions).hasSize(newest.size());
                assertThat(ChurnMetrics.auc(predictions, shop.sample(370, 30).churned()))
                        .isGreaterThan(.7);
            }
        }
    }

    @Test
    void nothingIsFoundInShuffledOutcomes() {
        Random random = new Random(3);
        Sample sample = shop.sample(340, 30);
        float[] shuffled = new float[sample.size()];
        for (int i = 0; i < shuffled.length; i++) {
            shuffled[i] = random.nextBoolean() ? 1 : 0;
        }
        int[] group = java.util.stream.IntStream.range(0, shuffled.length).toArray();

        Correction.Fitted fitted = Correction.fit(
                sample.features(), shuffled, new float[shuffled.length], group, Objective.LOGISTIC, TREES);
        try (Correction correction = fitted.correction()) {
            double[] outcome = new double[fitted.rows().length];
            for (int k = 0; k < outcome.length; k++) {
                outcome[k] = shuffled[fitted.rows()[k]];
            }
            assertThat(ChurnMetrics.auc(fitted.margins(), outcome)).isCloseTo(.5, within(.04));
            double[] margins = correction.margins(sample.features(), new float[shuffled.length]);
            assertThat(Arrays.stream(margins).map(Math::abs).average().orElseThrow())
                    .isLessThan(.1);
        }
    }

    @Test
    void aLogisticCurveFindsTheCurveThatOutcomesWereDrawnFrom() {
        Random random = new Random(4);
        int n = 20_000;
        double[] x = random.doubles(n, 0, 400).toArray();
        double[] outcome = new double[n];
        LogisticCurve truth = new LogisticCurve(.02, -3);
        for (int i = 0; i < n; i++) {
            outcome[i] = random.nextDouble() < truth.at(x[i]) ? 1 : 0;
        }

        LogisticCurve found = LogisticCurve.fit(x, outcome);

        assertThat(found.slope()).isCloseTo(.02, within(.001));
        assertThat(found.intercept()).isCloseTo(-3, within(.15));
    }

    @Test
    void aLogisticCurveStaysFiniteWhenOutcomesAreSeparatedOrEqual() {
        LogisticCurve separated = LogisticCurve.fit(new double[] {1, 2, 3, 4}, new double[] {0, 0, 1, 1});
        assertThat(separated.at(1)).isBetween(.1, .3);
        assertThat(separated.at(4)).isBetween(.7, .9);

        LogisticCurve constant = LogisticCurve.fit(new double[] {1, 2, 3, 4}, new double[] {1, 1, 1, 1});
        assertThat(constant.at(2)).isCloseTo(5 / 6., within(.01));
    }
}
