package winback.prediction.models;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import winback.prediction.purchases.PurchaseHistory;

/**
 * Customers as of a cutoff: those who had ordered by then. Nothing after the cutoff is in the features; what happened
 * after it is in the labels alone.
 *
 * @param labelDays the labels look at (cutoff, cutoff + labelDays]; 0 without labels
 * @param subscribers shape [n]
 * @param features shape [n][p], NaN means unknown
 * @param periods shape [n][12·q], the last periods one after the other, NaN means unknown; empty when nobody kept them
 * @param histories shape [n]
 * @param labels absent when none were asked for, or when they must not be looked at
 */
@SuppressWarnings("ArrayRecordComponent") // numeric matrices by design; compared nowhere
public record Sample(
        FeatureSchema schema,
        Instant cutoff,
        int labelDays,
        String[] subscribers,
        float[][] features,
        float[][] periods,
        PurchaseHistory[] histories,
        @Nullable Labels labels) {

    /** Without periods. */
    public Sample(
            FeatureSchema schema,
            Instant cutoff,
            int labelDays,
            String[] subscribers,
            float[][] features,
            PurchaseHistory[] histories,
            @Nullable Labels labels) {
        this(schema, cutoff, labelDays, subscribers, features, new float[0][], histories, labels);
    }

    /**
     * @param orders shape [n]
     * @param spend shape [n], in the deployment's currency
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Labels(int[] orders, double[] spend) {}

    /** Without periods. */
    public static Sample ofCustomers(
            FeatureSchema schema,
            Instant cutoff,
            int labelDays,
            String[] subscribers,
            float[][] features,
            @Nullable Labels labels) {
        return ofCustomers(schema, cutoff, labelDays, subscribers, features, new float[0][], labels);
    }

    /** Of these rows, those who had ordered. */
    public static Sample ofCustomers(
            FeatureSchema schema,
            Instant cutoff,
            int labelDays,
            String[] subscribers,
            float[][] features,
            float[][] periods,
            @Nullable Labels labels) {
        @Nullable PurchaseHistory[] all = schema.histories(features);
        int[] customers =
                IntStream.range(0, all.length).filter(i -> all[i] != null).toArray();
        return new Sample(
                schema,
                cutoff,
                labels == null ? 0 : labelDays,
                Arrays.stream(customers).mapToObj(i -> subscribers[i]).toArray(String[]::new),
                Arrays.stream(customers).mapToObj(i -> features[i]).toArray(float[][]::new),
                periods.length == 0
                        ? periods
                        : Arrays.stream(customers).mapToObj(i -> periods[i]).toArray(float[][]::new),
                Arrays.stream(customers).mapToObj(i -> all[i]).toArray(PurchaseHistory[]::new),
                labels == null
                        ? null
                        : new Labels(
                                Arrays.stream(customers)
                                        .map(i -> labels.orders()[i])
                                        .toArray(),
                                Arrays.stream(customers)
                                        .mapToDouble(i -> labels.spend()[i])
                                        .toArray()));
    }

    /** Whether the last periods are known, and not the same for everyone. */
    public boolean hasPeriods() {
        return periods.length > 0
                && IntStream.range(0, periods[0].length).anyMatch(column -> Floats.varies(periods, column));
    }

    public int size() {
        return features.length;
    }

    /** The same customers, with what happened after the cutoff taken away. */
    public Sample withoutLabels() {
        return new Sample(schema, cutoff, 0, subscribers, features, periods, histories, null);
    }

    public List<PurchaseHistory> customers() {
        return List.of(histories);
    }

    private Labels known() {
        if (labels == null) {
            throw new IllegalStateException("The sample at " + cutoff + " has no labels");
        }
        return labels;
    }

    /** Spend after the cutoff, shape [n]; never negative, since a model of what to win back does not model refunds. */
    public double[] spend() {
        return Arrays.stream(known().spend()).map(spend -> Math.max(0, spend)).toArray();
    }

    /** 1 without an order after the cutoff, else 0; shape [n]. */
    public double[] churned() {
        return Arrays.stream(known().orders())
                .mapToDouble(orders -> orders == 0 ? 1 : 0)
                .toArray();
    }
}
