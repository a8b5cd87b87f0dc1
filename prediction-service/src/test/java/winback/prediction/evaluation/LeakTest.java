package winback.prediction.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import winback.prediction.SimulatedShop;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.churn.ChurnModel;
import winback.prediction.engagement.EngagementModel;
import winback.prediction.metrics.ChurnMetrics;
import winback.prediction.metrics.ValueMetrics;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.value.ValueModel;

/** Where nothing can be learned, nothing is found: what is found all the same has leaked. */
class LeakTest {

    private static final ModelOptions OPTIONS =
            new ModelOptions(30, new BoostingOptions(20, 3, .15, 5, .7, .7, 1, 3, 7, 1));

    private final Random random = new Random(77);
    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 2_000, 600, 19);
    private final List<Sample> labelled = List.of(shop.sample(340, 30), shop.sample(370, 30));
    private final Sample test = shop.sample(400, 30);

    private static Sample with(Sample sample, String[] subscribers, Sample.Labels labels) {
        return new Sample(
                sample.schema(),
                sample.cutoff(),
                sample.labelDays(),
                subscribers,
                sample.features(),
                sample.periods(),
                sample.histories(),
                labels);
    }

    private int[] shuffled(int n) {
        List<Integer> places = new ArrayList<>(IntStream.range(0, n).boxed().toList());
        Collections.shuffle(places, random);
        return places.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The same outcomes, each of another customer. */
    private Sample withShuffledLabels(Sample sample) {
        Sample.Labels labels = Objects.requireNonNull(sample.labels());
        int[] places = shuffled(sample.size());
        return with(
                sample,
                sample.subscribers(),
                new Sample.Labels(
                        Arrays.stream(places).map(i -> labels.orders()[i]).toArray(),
                        Arrays.stream(places)
                                .mapToDouble(i -> labels.spend()[i])
                                .toArray()));
    }

    /** The same features and outcomes, each under the id of another customer. */
    private Sample withShuffledIdentities(Sample sample) {
        int[] places = shuffled(sample.size());
        return with(
                sample,
                Arrays.stream(places).mapToObj(i -> sample.subscribers()[i]).toArray(String[]::new),
                Objects.requireNonNull(sample.labels()));
    }

    private double[] backTest(ModelName task, List<Sample> known, Sample scored) {
        try (Model model = switch (task) {
            case CHURN -> ChurnModel.fit(known, scored.withoutLabels(), OPTIONS);
            case VALUE -> ValueModel.fit(known, scored.withoutLabels(), OPTIONS);
            case ENGAGEMENT -> EngagementModel.fit(known, OPTIONS);
        }) {
            return BackTest.predicted(BackTest.SERVED, model, scored, 30).predictions();
        }
    }

    private static double auc(double[] predictions, Sample scored) {
        return ChurnMetrics.auc(predictions, scored.churned());
    }

    /** Standard deviation of the AUC of scores that say nothing (Mann and Whitney). */
    private static double aucError(Sample scored) {
        double n = scored.size();
        double positives = Arrays.stream(scored.churned()).sum();
        return Math.sqrt((n + 1) / (12 * positives * (n - positives)));
    }

    /** Standard deviation of the Gini over random orders: of Σ rank × spend without replacement. */
    private static double giniError(double[] predictions, Sample scored) {
        double[] spend = scored.spend();
        Random orders = new Random(4);
        double[] ginis = new double[200];
        for (int k = 0; k < ginis.length; k++) {
            double[] mixed = predictions.clone();
            for (int i = mixed.length - 1; i > 0; i--) {
                int j = orders.nextInt(i + 1);
                double swapped = mixed[i];
                mixed[i] = mixed[j];
                mixed[j] = swapped;
            }
            ginis[k] = ValueMetrics.gini(mixed, spend);
        }
        return Math.sqrt(Arrays.stream(ginis).map(g -> g * g).average().orElseThrow());
    }

    @Test
    void outcomesOfOtherCustomersCannotBePredicted() {
        List<Sample> known = labelled.stream().map(this::withShuffledLabels).toList();
        Sample scored = withShuffledLabels(test);

        double[] churn = backTest(ModelName.CHURN, known, scored);
        double[] value = backTest(ModelName.VALUE, known, scored);

        assertThat(auc(churn, scored)).isCloseTo(.5, within(3 * aucError(scored)));
        assertThat(ValueMetrics.gini(value, scored.spend())).isCloseTo(0, within(3 * giniError(value, scored)));
        // That the test would notice: with the outcomes of their own both are far from it.
        assertThat(auc(backTest(ModelName.CHURN, labelled, test), test)).isGreaterThan(.5 + 10 * aucError(test));
        double[] own = backTest(ModelName.VALUE, labelled, test);
        assertThat(ValueMetrics.gini(own, test.spend())).isGreaterThan(10 * giniError(own, test));
    }

    /** An id groups the rows of a customer for folds and says nothing else. */
    @Test
    void identitiesTellNothing() {
        List<Sample> known = labelled.stream().map(this::withShuffledIdentities).toList();
        Sample scored = withShuffledIdentities(test);

        assertThat(auc(backTest(ModelName.CHURN, known, scored), scored))
                .isCloseTo(auc(backTest(ModelName.CHURN, labelled, test), test), within(3 * aucError(test)));
        double[] value = backTest(ModelName.VALUE, known, scored);
        assertThat(ValueMetrics.gini(value, scored.spend()))
                .isCloseTo(
                        ValueMetrics.gini(backTest(ModelName.VALUE, labelled, test), test.spend()),
                        within(3 * giniError(value, scored)));
    }
}
