package winback.prediction.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelledRowsTest {

    private static final FeatureSchema SCHEMA = new FeatureSchema(
            "t",
            List.of(
                    FeatureSchema.ORDER_DAYS,
                    FeatureSchema.DAYS_FIRST_TO_LAST_ORDER,
                    FeatureSchema.DAYS_SINCE_FIRST_ORDER,
                    FeatureSchema.DAYS_SINCE_LAST_ORDER,
                    FeatureSchema.ORDER_DAY_VALUE_MEAN,
                    "season"),
            List.of());

    private static Sample sample(float season, String... subscribers) {
        float[][] features = new float[subscribers.length][];
        for (int i = 0; i < subscribers.length; i++) {
            features[i] = new float[] {i + 1, 10 * i, 40 + i, 40 - 9 * i, 20 + i, season};
        }
        return Sample.ofCustomers(
                SCHEMA,
                Instant.EPOCH,
                30,
                subscribers,
                features,
                new Sample.Labels(new int[subscribers.length], new double[subscribers.length]));
    }

    @Test
    void takesOutWhatIsTheSameForEveryCustomerOfACutoff() {
        LabelledRows rows = LabelledRows.of(
                List.of(sample(.1f, "a", "b"), sample(.7f, "a", "b", "c")), Sample::churned, (customer, days) -> days);

        assertThat(rows.x()).hasDimensions(5, 6);
        for (float[] row : rows.x()) {
            assertThat(row[5]).isNaN();
            assertThat(row[0]).isNotNaN();
        }
    }

    @Test
    void keepsRowsOfOneCustomerInOneGroupAndKnowsTheNewestCutoff() {
        LabelledRows rows = LabelledRows.of(
                List.of(sample(.1f, "a", "b"), sample(.7f, "b", "c")), Sample::churned, (customer, days) -> days);

        assertThat(rows.group()[1]).isEqualTo(rows.group()[2]);
        assertThat(rows.group()).containsExactly(0, 1, 1, 2);
        assertThat(rows.newestOf(new int[] {0, 2, 3})).containsExactly(1, 2);
        assertThat(rows.y()).containsOnly(1);
        assertThat(rows.offset()).containsOnly(30);
    }

    @Test
    void leavesOutWhoNeverOrdered() {
        Sample sample = Sample.ofCustomers(
                SCHEMA,
                Instant.EPOCH,
                30,
                new String[] {"a", "stranger"},
                new float[][] {{1, 0, 3, 3, 20, 0}, {0, Float.NaN, Float.NaN, Float.NaN, Float.NaN, 0}},
                new Sample.Labels(new int[] {0, 2}, new double[] {-5, 30}));

        assertThat(sample.subscribers()).containsExactly("a");
        assertThat(sample.spend()).as("refunds do not make a negative spend").containsExactly(0);
        assertThat(sample.churned()).containsExactly(1);
        assertThat(sample.withoutLabels().labels()).isNull();
    }
}
