package winback.prediction.models;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import winback.prediction.purchases.PurchaseHistory;

/**
 * The columns that a model was fitted on. It refuses vectors of another. Groups say what the columns are about and make no
 * other schema.
 *
 * @param fingerprint of names, units and order, as profile-service gives it
 * @param names shape [p]
 * @param groups shape [p], such as {@code behaviour}; empty when it is not said
 */
public record FeatureSchema(String fingerprint, List<String> names, List<String> groups) {

    /** Days on which the subscriber ordered. */
    public static final String ORDER_DAYS = "order_days";

    public static final String DAYS_FIRST_TO_LAST_ORDER = "days_first_to_last_order";
    public static final String DAYS_SINCE_FIRST_ORDER = "days_since_first_order";
    public static final String DAYS_SINCE_LAST_ORDER = "days_since_last_order";

    /** Mean spend of a day with orders, in the deployment's currency. */
    public static final String ORDER_DAY_VALUE_MEAN = "order_day_value_mean";

    /** Since the last mail that was delivered; unknown before the first. */
    public static final String DAYS_SINCE_EMAIL = "days_since_email";

    /** Since the last open of a mail; unknown before the first. */
    public static final String DAYS_SINCE_EMAIL_OPEN = "days_since_email_open";

    /** Since the subscriber was first heard of. */
    public static final String TENURE = "tenure";

    /** Of the features that the models cannot do without those that count days, which are never negative. */
    public static final List<String> COUNTS =
            List.of(ORDER_DAYS, DAYS_FIRST_TO_LAST_ORDER, DAYS_SINCE_FIRST_ORDER, DAYS_SINCE_LAST_ORDER);

    private static final List<String> NEEDED =
            Stream.concat(COUNTS.stream(), Stream.of(ORDER_DAY_VALUE_MEAN)).toList();

    public FeatureSchema {
        names = List.copyOf(names);
        // Absent in models that were fitted before it existed.
        groups = List.copyOf(Objects.requireNonNullElse(groups, List.of()));
        if (!groups.isEmpty() && groups.size() != names.size()) {
            throw new IllegalArgumentException(
                    "Expected a group for each of " + names.size() + " features, actual " + groups.size());
        }
    }

    /** The columns of each group, in the order of their first; empty when groups are not said. */
    public Map<String, List<Integer>> columnsByGroup() {
        Map<String, List<Integer>> columns = new LinkedHashMap<>();
        for (int column = 0; column < groups.size(); column++) {
            columns.computeIfAbsent(groups.get(column), group -> new ArrayList<>())
                    .add(column);
        }
        return columns;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FeatureSchema that && fingerprint.equals(that.fingerprint) && names.equals(that.names);
    }

    @Override
    public int hashCode() {
        return Objects.hash(fingerprint, names);
    }

    /** The features that the models cannot do without and that are not in this schema. */
    public List<String> missing() {
        return NEEDED.stream().filter(name -> !names.contains(name)).toList();
    }

    /** The place of a feature in a vector. */
    public int column(String name) {
        int column = names.indexOf(name);
        if (column < 0) {
            throw new IllegalArgumentException("Feature " + name + " is not in schema " + fingerprint);
        }
        return column;
    }

    /** A feature of all rows, shape [n]; NaN where it is unknown, and throughout when it is not in this schema. */
    public float[] values(float[][] features, String name) {
        int column = names.indexOf(name);
        float[] values = new float[features.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = column < 0 ? Float.NaN : features[i][column];
        }
        return values;
    }

    /**
     * Whom of these a model is about, shape [n]: who has ordered; for engagement also who has been delivered a mail.
     *
     * @param features shape [n][p]
     */
    public boolean[] concerned(ModelName model, float[][] features) {
        int orderDays = column(ORDER_DAYS);
        int sinceFirst = column(DAYS_SINCE_FIRST_ORDER);
        float[] sinceMail = values(features, DAYS_SINCE_EMAIL);
        boolean[] concerned = new boolean[features.length];
        for (int i = 0; i < concerned.length; i++) {
            concerned[i] = hasOrdered(features[i], orderDays, sinceFirst)
                    || model == ModelName.ENGAGEMENT && sinceMail[i] >= 0;
        }
        return concerned;
    }

    private boolean hasOrdered(float[] row, int orderDays, int sinceFirst) {
        if (row.length != names.size()) {
            throw new IllegalArgumentException("Expected " + names.size() + " features, actual " + row.length);
        }
        return row[orderDays] >= 1 && row[sinceFirst] >= 0;
    }

    /** What the purchase models know of these vectors, shape [n]; null for who never ordered. */
    public @Nullable PurchaseHistory[] histories(float[][] features) {
        int orderDays = column(ORDER_DAYS);
        int firstToLast = column(DAYS_FIRST_TO_LAST_ORDER);
        int sinceFirst = column(DAYS_SINCE_FIRST_ORDER);
        int value = column(ORDER_DAY_VALUE_MEAN);
        @Nullable PurchaseHistory[] histories = new PurchaseHistory[features.length];
        for (int i = 0; i < features.length; i++) {
            float[] row = features[i];
            if (hasOrdered(row, orderDays, sinceFirst)) {
                double last = row[firstToLast] >= 0 ? row[firstToLast] : 0;
                histories[i] = new PurchaseHistory(
                        row[orderDays] - 1,
                        last / PurchaseHistory.DAYS_PER_WEEK,
                        // Both are rounded to floats, so the one may exceed the other by a hair.
                        Math.max(last, row[sinceFirst]) / PurchaseHistory.DAYS_PER_WEEK,
                        row[value]);
            }
        }
        return histories;
    }
}
