package winback.prediction.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import winback.prediction.SimulatedShop;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.churn.ChurnModel;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Importance;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.value.ValueModel;

class PermutationImportanceTest {

    private static final BoostingOptions TREES = new BoostingOptions(20, 3, .15, 5, .7, .7, 1, 3, 7, 1);

    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 2_000, 600, 71);

    /** Columns 5 to 9 of the drawn customers: what the laws below depend on. */
    private static final FeatureSchema SCHEMA = new FeatureSchema(
            "drawn",
            List.of(
                    FeatureSchema.ORDER_DAYS,
                    FeatureSchema.DAYS_FIRST_TO_LAST_ORDER,
                    FeatureSchema.DAYS_SINCE_FIRST_ORDER,
                    FeatureSchema.DAYS_SINCE_LAST_ORDER,
                    FeatureSchema.ORDER_DAY_VALUE_MEAN,
                    "age",
                    "hour",
                    "weekday",
                    "season",
                    "weather"),
            List.of(
                    "behaviour",
                    "behaviour",
                    "behaviour",
                    "behaviour",
                    "behaviour",
                    "demographics",
                    "context",
                    "context",
                    "context",
                    "outdoors"));

    /** A churn model that is the law itself, so that its importances are known. */
    private record Law(FeatureSchema schema, ToDoubleFunction<float[]> probability) implements Model {

        @Override
        public ModelName name() {
            return ModelName.CHURN;
        }

        @Override
        public int horizonDays() {
            return 30;
        }

        @Override
        public double[] predict(float[][] features, int days) {
            double[] predictions = new double[features.length];
            for (int i = 0; i < predictions.length; i++) {
                predictions[i] = probability.applyAsDouble(features[i]);
            }
            return predictions;
        }

        @Override
        public byte[] toBytes() {
            return new byte[0];
        }

        @Override
        public void close() {}
    }

    /** Customers whose outcomes are drawn by the law; the season is the same for all, the age of some unknown. */
    private static Sample drawnBy(ToDoubleFunction<float[]> law, int size) {
        SplittableRandom random = new SplittableRandom(5);
        float[][] features = new float[size][];
        int[] orders = new int[size];
        String[] subscribers = new String[size];
        for (int i = 0; i < size; i++) {
            features[i] = new float[] {
                1 + random.nextInt(5),
                20,
                60,
                random.nextInt(40),
                30,
                random.nextInt(4) == 0 ? Float.NaN : (float) random.nextDouble(),
                (float) random.nextDouble(),
                (float) random.nextDouble(),
                .25f,
                Float.NaN
            };
            orders[i] = random.nextDouble() < law.applyAsDouble(features[i]) ? 0 : 1;
            subscribers[i] = "d" + i;
        }
        return Sample.ofCustomers(
                SCHEMA, Instant.EPOCH, 30, subscribers, features, new Sample.Labels(orders, new double[size]));
    }

    private static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    private static Importance measure(Model model, Sample test) {
        return PermutationImportance.of(model, test).orElseThrow();
    }

    private static Importance.Group group(Importance importance, String name) {
        return importance.groups().stream()
                .filter(group -> group.group().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static double share(Importance importance, String name) {
        return Objects.requireNonNull(group(importance, name).share());
    }

    @Test
    void aModelThatDependsOnOneGroupHasAllOfItsShareThere() {
        // Each of the two hardly says anything without the other: only together are they worth something.
        ToDoubleFunction<float[]> law = row -> sigmoid(8 * ((row[6] > .5) == (row[7] > .5) ? 1 : -1) * .5);

        Importance importance = measure(new Law(SCHEMA, law), drawnBy(law, 3_000));

        assertThat(share(importance, "context")).isEqualTo(1);
        assertThat(share(importance, "behaviour")).isZero();
        assertThat(share(importance, "demographics")).isZero();
        assertThat(group(importance, "context").lower()).isEqualTo(1);
        assertThat(group(importance, "context").lossIncrease()).isGreaterThan(.5);
    }

    @Test
    void sharesFollowWhatGroupsAreWorthAndSumToOne() {
        ToDoubleFunction<float[]> law =
                row -> sigmoid(.12 * (row[3] - 20) + 4 * (row[6] - .5) + (Float.isNaN(row[5]) ? 1 : 0) - .25);

        Importance importance = measure(new Law(SCHEMA, law), drawnBy(law, 6_000));

        assertThat(importance.basis().loss()).isEqualTo("log loss");
        assertThat(importance.basis().rows()).as("bounded").isEqualTo(5_000);
        assertThat(importance.groups().stream()
                        .map(Importance.Group::share)
                        .filter(Objects::nonNull)
                        .mapToDouble(share -> share)
                        .sum())
                .isCloseTo(1, within(1e-12));
        // The logit's variance: 1.92 by behaviour, 1.33 by context, .19 by demographics.
        assertThat(share(importance, "behaviour")).isCloseTo(.56, within(.07));
        assertThat(share(importance, "context")).isCloseTo(.39, within(.07));
        assertThat(share(importance, "demographics")).isCloseTo(.055, within(.03));
        for (Importance.Group group : importance.groups()) {
            if (group.share() != null) {
                assertThat(group.share()).isBetween(group.lower(), group.upper());
            }
        }
        Importance.Group behaviour = group(importance, "behaviour");
        assertThat(Objects.requireNonNull(behaviour.upper()) - Objects.requireNonNull(behaviour.lower()))
                .isBetween(.01, .3);
    }

    @Test
    void namesTheMissionsGroupsThatAreAbsentAndOthersThatItDoesNotKnow() {
        ToDoubleFunction<float[]> law = row -> sigmoid(.2 * (row[3] - 20));

        Importance importance = measure(new Law(SCHEMA, law), drawnBy(law, 500));

        assertThat(importance.groups())
                .extracting(Importance.Group::group)
                .containsExactly("behaviour", "demographics", "psychographics", "context", "outdoors");
        assertThat(importance.groups())
                .extracting(Importance.Group::missionWeight)
                .containsExactly(.35, .20, .25, .20, null);
        assertThat(group(importance, "psychographics"))
                .isEqualTo(new Importance.Group("psychographics", .25, 0, 0, null, null, null, null));
        assertThat(group(importance, "outdoors"))
                .as("a feature that nobody has")
                .isEqualTo(new Importance.Group("outdoors", null, 1, 0, 0., 0., 0., 0.));
        assertThat(group(importance, "context").varying()).isEqualTo(2);
        assertThat(group(importance, "context").features()).isEqualTo(3);
    }

    @Test
    void aModelThatUsesNothingHasNoSharesAndASchemaWithoutGroupsNoMeasurement() {
        Sample test = drawnBy(row -> .5, 300);

        assertThat(measure(new Law(SCHEMA, row -> .5), test).groups())
                .extracting(Importance.Group::share)
                .containsOnlyNulls();
        FeatureSchema ungrouped = new FeatureSchema("drawn", SCHEMA.names(), List.of());
        assertThat(PermutationImportance.of(new Law(ungrouped, row -> .5), test))
                .isEmpty();
    }

    @Test
    void bothModelsOfBuyersAboutWhomOnlyBehaviourIsKnownLeanOnBehaviour() {
        List<Sample> earlier = List.of(shop.sample(340, 30), shop.sample(355, 15));
        Sample test = shop.sample(370, 30);
        ModelOptions options = new ModelOptions(30, TREES);
        try (ChurnModel churn = ChurnModel.fit(earlier, test.withoutLabels(), options);
                ValueModel value = ValueModel.fit(earlier, test.withoutLabels(), options)) {
            for (Model model : List.of(churn, value)) {
                Importance importance = measure(model, test);

                assertThat(share(importance, "behaviour")).isGreaterThan(.97);
                assertThat(importance).as("the same at each measurement").isEqualTo(measure(model, test));
            }
        }
    }

    @Test
    void aFeatureThatTellsWhoStaysAwayGetsItsGroupAShare() {
        List<Sample> earlier = List.of(moody(shop.sample(340, 30)), moody(shop.sample(355, 15)));
        Sample test = moody(shop.sample(370, 30));
        try (ChurnModel churn = ChurnModel.fit(earlier, test.withoutLabels(), new ModelOptions(30, TREES))) {
            assertThat(share(measure(churn, test), "context")).isBetween(.1, .9);
        }
    }

    /** Whose "noise", which is of the context, is above .6 does not come back. */
    private static Sample moody(Sample sample) {
        int noise = sample.schema().column("noise");
        Sample.Labels labels = Objects.requireNonNull(sample.labels());
        int[] orders = labels.orders().clone();
        for (int i = 0; i < orders.length; i++) {
            orders[i] = sample.features()[i][noise] > .6 ? 0 : orders[i];
        }
        return relabelled(sample, sample.schema(), sample.features(), new Sample.Labels(orders, labels.spend()));
    }

    private static Sample relabelled(
            Sample sample, FeatureSchema schema, float[][] features, Sample.@Nullable Labels labels) {
        return Sample.ofCustomers(schema, sample.cutoff(), sample.labelDays(), sample.subscribers(), features, labels);
    }

    @Test
    void twoHundredFeaturesThatSayNothingChangeNoPrediction() {
        // Every tree may see every feature, or which it sees would depend on how many there are.
        ModelOptions options = new ModelOptions(30, new BoostingOptions(20, 3, .15, 5, .7, 1, 1, 3, 7, 1));
        List<Sample> earlier = List.of(moody(shop.sample(340, 30)), moody(shop.sample(355, 15)));
        Sample test = shop.sample(370, 0);
        try (ChurnModel narrow = ChurnModel.fit(earlier, test, options);
                ChurnModel wide = ChurnModel.fit(
                        earlier.stream().map(PermutationImportanceTest::widened).toList(), widened(test), options)) {
            assertThat(narrow.correction().weights().guess()).isLessThan(1);
            assertThat(wide.predict(widened(test).features()))
                    .containsExactly(narrow.predict(test.features()), within(1e-6));
        }
    }

    /** With 200 features more: unknown, the same for all at all times, or the same for all of a cutoff. */
    private static Sample widened(Sample sample) {
        List<String> names = new ArrayList<>(sample.schema().names());
        for (int k = 0; k < 200; k++) {
            names.add("empty_" + k);
        }
        float[][] features = new float[sample.size()][];
        for (int i = 0; i < features.length; i++) {
            float[] narrow = sample.features()[i];
            features[i] = Arrays.copyOf(narrow, narrow.length + 200);
            for (int k = 0; k < 200; k++) {
                features[i][narrow.length + k] = k % 3 == 0
                        ? Float.NaN
                        : k % 3 == 1 ? k : sample.cutoff().getEpochSecond();
            }
        }
        return relabelled(sample, new FeatureSchema("wide", names, List.of()), features, sample.labels());
    }
}
