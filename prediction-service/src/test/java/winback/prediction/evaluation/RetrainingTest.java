package winback.prediction.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import winback.prediction.SimulatedShop;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.churn.ChurnModel;
import winback.prediction.evaluation.BackTest.Predicted;
import winback.prediction.fixed.FixedChurn;
import winback.prediction.fixed.FixedValue;
import winback.prediction.fixed.ForestAndNet;
import winback.prediction.metrics.ChurnMetrics;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.value.ValueModel;

/** The same rows, options and seed give the same back-test. */
class RetrainingTest {

    private static final double SAME = 1e-3;
    private static final ModelOptions OPTIONS =
            new ModelOptions(30, new BoostingOptions(20, 3, .15, 5, .7, .7, 1, 3, 7, 2));

    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 400, 600, 23);
    /** Few enough for networks and 500 trees to be fitted twice. */
    private final List<Sample> few =
            List.of(withPeriods(new SimulatedShop(SimulatedShop.BUSY, 90, 600, 24).sample(370, 30)));

    private final List<Sample> labelled = List.of(withPeriods(shop.sample(340, 30)), withPeriods(shop.sample(370, 30)));
    private final Sample test = withPeriods(shop.sample(400, 30));

    /** Periods that say a little of how much was bought lately. */
    private static Sample withPeriods(Sample sample) {
        Random random = new Random(2);
        float[][] periods = new float[sample.size()][12 * 2];
        int lately = sample.schema().column("order_days_90d");
        for (int i = 0; i < periods.length; i++) {
            for (int k = 0; k < periods[i].length; k++) {
                periods[i][k] = sample.features()[i][lately] / 3 + (float) random.nextGaussian() / 2;
            }
        }
        return new Sample(
                sample.schema(),
                sample.cutoff(),
                sample.labelDays(),
                sample.subscribers(),
                sample.features(),
                periods,
                sample.histories(),
                Objects.requireNonNull(sample.labels()));
    }

    private Map<String, Double> metrics(ModelName task, Supplier<Model> fit) {
        try (Model model = fit.get()) {
            Predicted predicted = BackTest.predicted(BackTest.SERVED, model, test, 30);
            return BackTest.metrics(task, predicted, test);
        }
    }

    private void sameTwice(ModelName task, Supplier<Model> fit) {
        Map<String, Double> first = metrics(task, fit);
        Map<String, Double> second = metrics(task, fit);
        assertThat(second).containsOnlyKeys(first.keySet());
        first.forEach(
                (metric, value) -> assertThat(second.get(metric)).as(metric).isCloseTo(value, within(SAME)));
    }

    @Test
    void whatIsServed() {
        sameTwice(ModelName.CHURN, () -> ChurnModel.fit(labelled, test.withoutLabels(), OPTIONS));
        sameTwice(ModelName.VALUE, () -> ValueModel.fit(labelled, test.withoutLabels(), OPTIONS));
    }

    @Test
    void theMissionsEnsembles() {
        sameTwice(ModelName.CHURN, () -> FixedChurn.fit(few, OPTIONS, FixedChurn.Options.MISSION));
        sameTwice(ModelName.VALUE, () -> FixedValue.fit(few, OPTIONS, FixedValue.Options.MISSION));
        Sample known = few.getFirst();
        float[] opened = new float[known.size()];
        for (int i = 0; i < opened.length; i++) {
            opened[i] = (float) known.churned()[i];
        }
        int[] group = IntStream.range(0, opened.length).toArray();
        double[][] twice = new double[2][];
        for (int k = 0; k < twice.length; k++) {
            try (ForestAndNet model = ForestAndNet.fit(known.features(), opened, group, 7)) {
                twice[k] = model.probabilities(test.features());
            }
        }
        ChurnMetrics.of(twice[0], test.churned())
                .toMap()
                .forEach((metric, value) -> assertThat(ChurnMetrics.of(twice[1], test.churned())
                                .toMap()
                                .get(metric))
                        .as(metric)
                        .isCloseTo(value, within(SAME)));
    }
}
