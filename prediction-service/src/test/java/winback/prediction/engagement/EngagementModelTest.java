package winback.prediction.engagement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import winback.prediction.attribution.Attribution;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.fixed.FixedEngagement;
import winback.prediction.fixed.ForestAndNet;
import winback.prediction.intervals.Range;
import winback.prediction.metrics.ChurnMetrics;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;

class EngagementModelTest {

    private static final ModelOptions OPTIONS =
            new ModelOptions(7, new BoostingOptions(80, 3, .15, 5, .7, .7, 1, 3, 7, 1));

    private final MailedShop shop = new MailedShop(17);
    private final List<Sample> labelled = List.of(shop.labelled(1_500, 0), shop.labelled(1_500, 37));
    private final Sample test = shop.labelled(3_000, 74);

    @Test
    void ordersAndCalibratesWhoAnswersWhetherTheyHaveOrderedOrNot() {
        try (EngagementModel model = EngagementModel.fit(labelled, OPTIONS)) {
            double[] probabilities = model.predict(test.features());
            ChurnMetrics metrics = ChurnMetrics.of(probabilities, test.engaged());
            assertThat(metrics.auc()).isGreaterThan(.75);
            assertThat(metrics.ece()).isLessThan(.04);
            assertThat(model.correction().weights().trees())
                    .as("the middle of a feature is for trees")
                    .isPositive();
            for (double probability : probabilities) {
                Range range = model.range(probability);
                assertThat(probability).isBetween(range.lower(), range.upper());
            }
        }
    }

    @Test
    void predictsTheSameAfterSavingAndLoading() {
        try (EngagementModel model = EngagementModel.fit(labelled, OPTIONS);
                EngagementModel loaded = EngagementModel.load(model.toBytes())) {
            assertThat(loaded.predict(test.features())).containsExactly(model.predict(test.features()));
            assertThat(loaded.schema()).isEqualTo(MailedShop.SCHEMA);
            assertThat(loaded.range(.3)).isEqualTo(model.range(.3));
            assertThat(loaded.horizonDays()).isEqualTo(7);
        }
    }

    @Test
    void baseAndContributionsAddUpToTheScoresMargin() {
        try (EngagementModel model = EngagementModel.fit(labelled, OPTIONS)) {
            double[] probabilities = model.predict(test.features());
            for (int i = 0; i < 200; i++) {
                Attribution parts = model.explain(test.features()[i]).orElseThrow();
                assertThat(parts.base() + Arrays.stream(parts.features()).sum())
                        .isCloseTo(Math.log(probabilities[i] / (1 - probabilities[i])), within(1e-6));
                assertThat(parts.silent()).isEmpty();
            }
            assertThat(model.explain(nobody())).isEmpty();
        }
    }

    /** Neither ordered nor mailed. */
    private float[] nobody() {
        float[] row = test.features()[0].clone();
        row[MailedShop.SCHEMA.column(FeatureSchema.ORDER_DAYS)] = 0;
        row[MailedShop.SCHEMA.column(FeatureSchema.DAYS_SINCE_EMAIL)] = Float.NaN;
        return row;
    }

    @Test
    void whoWasNeverMailedAndNeverOrderedHasNoScoreAndNoOtherHorizonIsKnown() {
        try (EngagementModel model = EngagementModel.fit(labelled, OPTIONS)) {
            float[][] rows = {test.features()[0], nobody()};
            double[] week = model.predict(rows, 7);
            assertThat(week[0]).isBetween(0., 1.);
            assertThat(week[1]).isNaN();
            assertThat(model.predict(rows, 90)).isEqualTo(week);
            assertThat(model.reach(90)).isEqualTo(7);
        }
    }

    @Test
    void outcomesThatAreAllTheSameGiveFiniteProbabilities() {
        Sample one = labelled.getFirst();
        Sample.Labels same = new Sample.Labels(
                new int[one.size()], new double[one.size()], new int[one.size()], new double[one.size()]);
        Sample silent = Sample.of(
                ModelName.ENGAGEMENT,
                one.schema(),
                one.cutoff(),
                one.labelDays(),
                one.subscribers(),
                one.features(),
                one.periods(),
                same);
        try (EngagementModel model = EngagementModel.fit(List.of(silent), OPTIONS)) {
            assertThat(Arrays.stream(model.predict(test.features())).boxed()).allMatch(p -> p >= 0 && p < .02);
        }
    }

    @Test
    void theMissionsEnsembleLearnsItTooAndIsTheSameAfterALoad() {
        try (Model model = FixedEngagement.fit(List.of(shop.labelled(600, 0)), OPTIONS, ForestAndNet.Options.MISSION);
                Model loaded = FixedEngagement.load(model.toBytes())) {
            double[] probabilities = model.predict(test.features());
            assertThat(ChurnMetrics.auc(probabilities, test.engaged())).isGreaterThan(.65);
            assertThat(loaded.predict(test.features())).isEqualTo(probabilities);
        }
    }
}
