package winback.prediction.models;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import winback.prediction.purchases.PurchaseHistory;

/**
 * Customers as of a cutoff: those who had ordered by then, or of engagement also those who had been delivered a mail.
 * Nothing after the cutoff is in the features; what happened after it is in the labels alone.
 *
 * @param labelDays the labels look at (cutoff, cutoff + labelDays]; 0 without labels
 * @param subscribers shape [n]
 * @param features shape [n][p], NaN means unknown
 * @param periods shape [n][12·q], the last periods one after the other, NaN means unknown; empty when nobody kept them
 * @param histories shape [n]; empty of engagement, for which it is no matter who has ordered
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
     * @param visits to the shop, shape [n]
     * @param engaged whether the next mail was answered, shape [n], 0 or 1; NaN when there was none
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Labels(int[] orders, double[] spend, int[] visits, double[] engaged) {

        /** Of a shop that knows of orders alone. */
        public Labels(int[] orders, double[] spend) {
            this(orders, spend, new int[orders.length], unknown(orders.length));
        }

        private static double[] unknown(int n) {
            double[] unknown = new double[n];
            Arrays.fill(unknown, Double.NaN);
            return unknown;
        }

        private Labels of(int[] rows) {
            return new Labels(
                    Arrays.stream(rows).map(i -> orders[i]).toArray(),
                    Arrays.stream(rows).mapToDouble(i -> spend[i]).toArray(),
                    Arrays.stream(rows).map(i -> visits[i]).toArray(),
                    Arrays.stream(rows).mapToDouble(i -> engaged[i]).toArray());
        }
    }

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
        return of(ModelName.CHURN, schema, cutoff, labelDays, subscribers, features, periods, labels);
    }

    /**
     * Of these rows, those whom the model is about, see {@link FeatureSchema#concerned}; with labels of engagement, those
     * who were delivered a mail that had its time to be answered.
     */
    public static Sample of(
            ModelName about,
            FeatureSchema schema,
            Instant cutoff,
            int labelDays,
            String[] subscribers,
            float[][] features,
            float[][] periods,
            @Nullable Labels labels) {
        boolean engagement = about == ModelName.ENGAGEMENT;
        boolean[] concerned = schema.concerned(about, features);
        int[] rows = IntStream.range(0, features.length)
                .filter(i -> concerned[i])
                .filter(i -> !engagement || labels == null || Double.isFinite(labels.engaged()[i]))
                .toArray();
        float[][] x = picked(features, rows);
        return new Sample(
                schema,
                cutoff,
                labels == null ? 0 : labelDays,
                picked(subscribers, rows),
                x,
                picked(periods, rows),
                engagement ? new PurchaseHistory[0] : known(schema.histories(x)),
                labels == null ? null : labels.of(rows));
    }

    private static PurchaseHistory[] known(@Nullable PurchaseHistory[] histories) {
        return Arrays.stream(histories).map(Objects::requireNonNull).toArray(PurchaseHistory[]::new);
    }

    /** Whether the last periods are known, and not the same for everyone. */
    public boolean hasPeriods() {
        return periods.length > 0
                && IntStream.range(0, periods[0].length).anyMatch(column -> Floats.varies(periods, column));
    }

    /** Whether any feature tells the customers apart. */
    public boolean varies() {
        return size() > 0
                && IntStream.range(0, schema.names().size()).anyMatch(column -> Floats.varies(features, column));
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

    /** At most so many of the customers, without labels: every so many of them, who are in the order of their ids. */
    public Sample thinned(int most) {
        int step = Math.max(1, Math.ceilDiv(size(), most));
        int[] rows = IntStream.range(0, Math.ceilDiv(size(), step))
                .map(i -> i * step)
                .toArray();
        return new Sample(
                schema,
                cutoff,
                0,
                picked(subscribers, rows),
                picked(features, rows),
                picked(periods, rows),
                picked(histories, rows),
                null);
    }

    /** Of nothing, nothing. */
    private static <T> T[] picked(T[] all, int[] rows) {
        return all.length == 0
                ? all
                : Arrays.stream(rows).mapToObj(i -> all[i]).toArray(size -> Arrays.copyOf(all, size));
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

    /** 1 without an order and without a visit after the cutoff, else 0; shape [n]. */
    public double[] churned() {
        Labels after = known();
        return IntStream.range(0, size())
                .mapToDouble(i -> after.orders()[i] == 0 && after.visits()[i] == 0 ? 1 : 0)
                .toArray();
    }

    /** 1 who opened or clicked the next mail in time, else 0; shape [n]. */
    public double[] engaged() {
        return known().engaged().clone();
    }

    /** What the model of that name predicts, shape [n]. */
    public double[] outcomes(ModelName model) {
        return switch (model) {
            case CHURN -> churned();
            case VALUE -> spend();
            case ENGAGEMENT -> engaged();
        };
    }

    /** How long the history is: since the first order of all, or of engagement since anybody was first heard of. */
    public int spanDays() {
        if (histories.length > 0) {
            return (int) Math.round(Arrays.stream(histories)
                            .mapToDouble(PurchaseHistory::ageWeeks)
                            .max()
                            .orElse(0)
                    * PurchaseHistory.DAYS_PER_WEEK);
        }
        float longest = 0;
        for (String since : List.of(FeatureSchema.TENURE, FeatureSchema.DAYS_SINCE_FIRST_ORDER)) {
            for (float days : schema.values(features, since)) {
                longest = days > longest ? days : longest;
            }
        }
        return Math.round(longest);
    }
}
