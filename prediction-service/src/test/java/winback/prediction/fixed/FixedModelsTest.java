package winback.prediction.fixed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import winback.prediction.SimulatedShop;
import winback.prediction.attribution.Attribution;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.metrics.ChurnMetrics;
import winback.prediction.metrics.ValueMetrics;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Model;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;

class FixedModelsTest {

    private static final int ROWS = 800;
    private static final ModelOptions OPTIONS =
            new ModelOptions(30, new BoostingOptions(100, 3, .1, 5, .7, .7, 1, 3, 7, 1));

    private final FeatureSchema schema = SimulatedShop.SCHEMA;
    private final Random random = new Random(9);

    /** Customers whose order days of the newest periods say whether they order again, and how much they spend. */
    private Sample sample(long day) {
        float[][] features = new float[ROWS][];
        float[][] periods = new float[ROWS][12 * 2];
        int[] orders = new int[ROWS];
        double[] spend = new double[ROWS];
        for (int i = 0; i < ROWS; i++) {
            double activity = random.nextGaussian();
            int days = 1 + random.nextInt(5);
            features[i] = new float[] {
                days, 10 * (days - 1), 100, 100 - 10 * (days - 1), (float) (20 + 10 * activity), 1, random.nextFloat()
            };
            for (int step = 6; step < 12; step++) {
                periods[i][2 * step] = (float) Math.max(0, activity + random.nextGaussian() / 2);
                periods[i][2 * step + 1] = 1;
            }
            orders[i] = random.nextDouble() < 1 / (1 + Math.exp(-3 * activity)) ? 1 : 0;
            spend[i] = orders[i] * (20 + 10 * activity) * (1 + days);
        }
        return Sample.ofCustomers(
                schema,
                Instant.EPOCH.plusSeconds(86_400 * day),
                30,
                IntStream.range(0, ROWS).mapToObj(i -> "s" + i).toArray(String[]::new),
                features,
                periods,
                new Sample.Labels(orders, spend));
    }

    @Test
    void churnLearnsFromTheLastPeriodsAndIsTheSameAfterALoad() {
        Sample test = sample(130);
        try (Model model = FixedChurn.fit(List.of(sample(100)), OPTIONS, FixedChurn.Options.MISSION);
                Model loaded = FixedChurn.load(model.toBytes())) {
            double[] predictions = model.predict(test.features(), test.periods(), 30);
            assertThat(ChurnMetrics.auc(predictions, test.churned())).isGreaterThan(.8);
            assertThat(Arrays.stream(predictions).boxed()).allMatch(p -> p >= 0 && p <= 1);
            assertThat(loaded.predict(test.features(), test.periods(), 30)).isEqualTo(predictions);
        }
    }

    @Test
    void churnCannotDoWithoutPeriods() {
        Sample without = new SimulatedShop(SimulatedShop.BUSY, 200, 120, 7).sample(60, 30);
        assertThatThrownBy(() -> FixedChurn.fit(List.of(without), OPTIONS, FixedChurn.Options.MISSION))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without their last periods");
    }

    @Test
    void valueScalesByDaysAndIsTheSameAfterALoad() {
        Sample test = sample(130);
        try (Model model = FixedValue.fit(List.of(sample(70), sample(100)), OPTIONS, FixedValue.Options.MISSION);
                Model loaded = FixedValue.load(model.toBytes())) {
            double[] predictions = model.predict(test.features(), 30);
            assertThat(ValueMetrics.gini(predictions, test.spend())).isGreaterThan(.4);
            double[] twice = model.predict(test.features(), 60);
            for (int i = 0; i < ROWS; i++) {
                assertThat(twice[i]).isEqualTo(2 * predictions[i]);
            }
            assertThat(loaded.predict(test.features(), 30)).isEqualTo(predictions);
        }
    }

    private static void addsUp(double prediction, Attribution parts) {
        assertThat(parts.scale()).isEqualTo(Attribution.Scale.SCORE);
        assertThat(Math.max(0, parts.margin())).isCloseTo(prediction, within(1e-4 * (1 + prediction)));
    }

    @Test
    void treesSayWhatMovedTheValueAndTheNetworkIsNamedForTheRest() {
        Sample sample = sample(100);
        try (Model model = FixedValue.fit(List.of(sample), OPTIONS, FixedValue.Options.MISSION)) {
            double[] predictions = model.predict(sample.features());
            for (int i = 0; i < 50; i++) {
                Attribution parts = model.explain(sample.features()[i]).orElseThrow();
                addsUp(predictions[i], parts);
                assertThat(parts.silent()).containsExactly("network");
                assertThat(parts.features()[0]).isNotZero();
            }
        }
    }

    @Test
    void churnNamesBothPartsSinceNeitherCanTellWhy() {
        Sample sample = sample(100);
        FixedChurn.Options small = new FixedChurn.Options(.3, 20, .2, List.of(8, 4, 4), true);
        try (Model model = FixedChurn.fit(List.of(sample), OPTIONS, small)) {
            double[] predictions = model.predict(sample.features(), sample.periods(), 30);
            for (int i = 0; i < 50; i++) {
                Attribution parts =
                        model.explain(sample.features()[i], sample.periods()[i]).orElseThrow();
                addsUp(predictions[i], parts);
                assertThat(parts.silent()).containsExactly("isolation forest", "network over the last periods");
                assertThat(parts.features()).containsOnly(0);
            }
        }
    }

    @Test
    void whoNeverOrderedHasNoPrediction() {
        Sample sample = sample(100);
        float[] never = sample.features()[0].clone();
        never[schema.column(FeatureSchema.ORDER_DAYS)] = 0;
        FixedChurn.Options small = new FixedChurn.Options(.4, 20, .1, List.of(8, 4, 4), false);
        try (Model churn = FixedChurn.fit(List.of(sample), OPTIONS, small);
                Model value =
                        FixedValue.fit(List.of(sample), OPTIONS, new FixedValue.Options(.7, 20, 3, List.of(8), 0))) {
            assertThat(churn.predict(new float[][] {never}, new float[1][24], 30))
                    .containsExactly(Double.NaN);
            assertThat(churn.explain(never, new float[24])).isEmpty();
            assertThat(value.predict(new float[][] {never}, 30)).containsExactly(Double.NaN);
            assertThat(value.explain(never)).isEmpty();
            assertThat(churn.periodSize()).isEqualTo(24);
            assertThatThrownBy(() -> churn.predict(new float[][] {never}, new float[1][12], 30))
                    .hasMessageContaining("Expected 24 numbers of periods, actual 12");
        }
    }

    @Test
    void sizesThatMakeNoEnsembleAreRefused() {
        for (double none : new double[] {-.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> new FixedChurn.Options(none, 100, .1, List.of(4, 4, 4), false))
                    .hasMessageContaining("anomaly weight");
            assertThatThrownBy(() -> new FixedValue.Options(none, 500, 8, List.of(4), 0))
                    .hasMessageContaining("weight of the trees");
        }
        assertThatThrownBy(() -> new FixedChurn.Options(.4, 100, .6, List.of(4, 4, 4), false))
                .hasMessageContaining("contamination");
        assertThatThrownBy(() -> new FixedChurn.Options(.4, 100, .1, List.of(4, 4), false))
                .hasMessageContaining("three numbers");
        assertThatThrownBy(() -> new FixedValue.Options(.7, 500, 17, List.of(4), 0))
                .hasMessageContaining("depth");
        assertThatThrownBy(() -> new FixedValue.Options(.7, 500, 8, List.of(4), 1))
                .hasMessageContaining("dropout");
    }
}
