package winback.prediction.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import winback.prediction.SimulatedShop;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.metrics.ValueMetrics;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.purchases.PurchaseHistory;

class ValueModelTest {

    private static final ModelOptions OPTIONS =
            new ModelOptions(365, new BoostingOptions(40, 3, .15, 5, .7, .7, 1, 3, 7, 1));

    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 3_000, 800, 11);
    private final List<Sample> labelled = List.of(shop.sample(270, 130), shop.sample(335, 65));
    private final Sample newest = shop.sample(400, 0);

    @Test
    void predictsWhatCustomersSpendOverAYearThoughItSawOutcomesOfAThirdOfOne() {
        Sample test = shop.sample(400, 365);

        try (ValueModel model = ValueModel.fit(labelled, newest, OPTIONS)) {
            ValueMetrics metrics = ValueMetrics.of(model.predict(test.features()), test.spend());

            assertThat(metrics.gini()).isGreaterThan(.6);
            assertThat(metrics.ratio()).isCloseTo(1, within(.15));
            assertThat(metrics.spearman()).isGreaterThan(.5);
        }
    }

    @Test
    void aHorizonIsModelledAndNotScaledByDays() {
        try (ValueModel model = ValueModel.fit(labelled, newest, OPTIONS)) {
            double[] month = model.predict(newest.features(), 30);
            double[] year = model.predict(newest.features(), 365);

            double ratio = Arrays.stream(year).sum() / Arrays.stream(month).sum();
            assertThat(ratio).isBetween(2., .9 * 365 / 30);
            for (int i = 0; i < month.length; i++) {
                assertThat(year[i]).isGreaterThanOrEqualTo(month[i]);
            }
            PurchaseHistory best = newest.histories()[0];
            double expected =
                    model.expectation().of(best, 365) / model.expectation().of(best, 30);
            assertThat(year[0] / month[0]).isCloseTo(expected, within(1e-4 * expected));
        }
    }

    @Test
    void predictsTheSameAfterSavingAndLoadingAndWhenFittedAgain() {
        try (ValueModel model = ValueModel.fit(labelled, newest, OPTIONS);
                ValueModel again = ValueModel.fit(labelled, newest, OPTIONS);
                ValueModel loaded = ValueModel.load(model.toBytes())) {
            double[] predictions = model.predict(newest.features());

            assertThat(loaded.predict(newest.features())).containsExactly(predictions);
            assertThat(loaded.schema()).isEqualTo(SimulatedShop.SCHEMA);
            assertThat(loaded.horizonDays()).isEqualTo(365);
            assertThat(again.predict(newest.features())).containsExactly(predictions, within(1e-6));
        }
    }

    @Test
    void learnsAFactorThatThePurchaseModelsCannotKnow() {
        // Customers whose "noise" is above a half spend four times what they would: only trees can see that.
        List<Sample> taught = labelled.stream().map(ValueModelTest::generous).toList();
        Sample test = generous(shop.sample(400, 365));

        try (ValueModel model = ValueModel.fit(taught, newest, OPTIONS);
                ValueModel untaught = ValueModel.fit(labelled, newest, OPTIONS)) {
            assertThat(model.correction().weights().guess()).isLessThan(1);
            assertThat(ValueMetrics.gini(model.predict(test.features()), test.spend()))
                    .isGreaterThan(ValueMetrics.gini(untaught.predict(test.features()), test.spend()) + .03);
        }
    }

    private static Sample generous(Sample sample) {
        int noise = sample.schema().column("noise");
        double[] spend = sample.spend();
        for (int i = 0; i < spend.length; i++) {
            spend[i] *= sample.features()[i][noise] > .5 ? 4 : 1;
        }
        return new Sample(
                sample.schema(),
                sample.cutoff(),
                sample.labelDays(),
                sample.subscribers(),
                sample.features(),
                sample.histories(),
                new Sample.Labels(new int[spend.length], spend));
    }

    @Test
    void theCurrencysUnitChangesTheUnitOfThePredictionAndNothingElse() {
        try (ValueModel model = ValueModel.fit(labelled, newest, OPTIONS);
                ValueModel inCents = ValueModel.fit(
                        labelled.stream().map(ValueModelTest::cents).toList(), cents(newest), OPTIONS)) {
            double[] predictions = model.predict(newest.features());
            double[] cents = inCents.predict(cents(newest).features());

            for (int i = 0; i < predictions.length; i++) {
                assertThat(cents[i]).isCloseTo(100 * predictions[i], within(2 * predictions[i] + 1e-6));
            }
        }
    }

    private static Sample cents(Sample sample) {
        int value = sample.schema().column("order_day_value_mean");
        float[][] features =
                Arrays.stream(sample.features()).map(float[]::clone).toArray(float[][]::new);
        for (float[] row : features) {
            row[value] *= 100;
        }
        return Sample.ofCustomers(
                sample.schema(),
                sample.cutoff(),
                sample.labelDays(),
                sample.subscribers(),
                features,
                sample.labels() == null
                        ? null
                        : new Sample.Labels(
                                sample.labels().orders(),
                                Arrays.stream(sample.labels().spend())
                                        .map(v -> 100 * v)
                                        .toArray()));
    }

    @Test
    void saysNothingOfWhoNeverOrdered() {
        float[][] stranger = {{0, Float.NaN, Float.NaN, Float.NaN, Float.NaN, 0, .5f}};

        try (ValueModel model = ValueModel.fit(labelled, newest, OPTIONS)) {
            assertThat(model.predict(stranger)).containsExactly(Double.NaN);
            assertThat(model.predict(new float[0][])).isEmpty();
        }
    }
}
