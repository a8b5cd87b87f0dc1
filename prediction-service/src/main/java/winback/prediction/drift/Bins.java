package winback.prediction.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Into which bin a value of a column goes. The last bin is of what is unknown, which is all that is not finite. Bins
 * are made so that they tell of no single customer: their edges lie between values, and a value of its own has a bin
 * only when several customers share it.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
@JsonSubTypes({@JsonSubTypes.Type(Bins.Intervals.class), @JsonSubTypes.Type(Bins.Values.class)})
sealed interface Bins {

    /** Bins of known values, as the index is usually computed [Siddiqi 2006]. */
    int KNOWN = 10;

    /** A value that fewer customers share goes to {@link Values}' bin of others. */
    int SHARED_BY = 5;

    /** And one that so small a part of them shares: in small bins the index is mostly noise. */
    double LEAST_SHARE = .001;

    /** All of them. */
    int size();

    /** The bin of a value, 0 to {@link #size()} − 1. */
    int of(double value);

    /** What a bin holds, for people. */
    Label label(int bin);

    /**
     * @param above exclusive; absent in the first interval
     * @param upTo inclusive; absent in the last interval
     * @param value of customers who all have the same
     * @param holds {@code other} values than those that have a bin, or {@code unknown}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Label(
            @Nullable Float above,
            @Nullable Float upTo,
            @Nullable Float value,
            @Nullable String holds) {

        static final Label OTHER = new Label(null, null, null, "other");
        static final Label UNKNOWN = new Label(null, null, null, "unknown");

        @Override
        public String toString() {
            if (holds != null) {
                return holds;
            }
            if (value != null) {
                return "at " + value;
            }
            return above == null ? "up to " + upTo : upTo == null ? "above " + above : "from " + above + " to " + upTo;
        }
    }

    /**
     * Bins that each hold about the same number of these values; where there are few distinct ones, a bin for each.
     *
     * @param values shape [n], n ≥ 0; not finite means unknown
     */
    static Bins of(float[] values) {
        float[] known = new float[values.length];
        int n = 0;
        for (float value : values) {
            if (Float.isFinite(value)) {
                // −0 is 0.
                known[n++] = value + 0f;
            }
        }
        known = Arrays.copyOf(known, n);
        Arrays.sort(known);
        Map<Float, Integer> counts = new TreeMap<>();
        for (int i = 0; i < n && counts.size() <= KNOWN; i++) {
            counts.merge(known[i], 1, Integer::sum);
        }
        return counts.size() <= KNOWN ? values(counts, values.length) : intervals(known);
    }

    private static Bins values(Map<Float, Integer> counts, int rows) {
        double least = Math.max(SHARED_BY, LEAST_SHARE * rows);
        float[] shared = new float[counts.size()];
        int n = 0;
        for (Map.Entry<Float, Integer> count : counts.entrySet()) {
            if (count.getValue() >= least) {
                shared[n++] = count.getKey();
            }
        }
        return new Values(Arrays.copyOf(shared, n));
    }

    private static Bins intervals(float[] sorted) {
        float[] edges = new float[KNOWN - 1];
        int n = 0;
        for (int k = 1; k < KNOWN; k++) {
            double wanted = (double) k * sorted.length / KNOWN;
            float quantile = sorted[(int) Math.ceil(wanted) - 1];
            int below = notAbove(sorted, Math.nextDown(quantile));
            int upTo = notAbove(sorted, quantile);
            // Many may share this value: the edge goes to whichever side of them is nearer to the share wanted.
            int place = below > 0 && (upTo == sorted.length || wanted - below < upTo - wanted) ? below : upTo;
            if (place == sorted.length) {
                continue;
            }
            // In the middle, so that a value's last bit decides nothing.
            float edge = (float) ((sorted[place - 1] + (double) sorted[place]) / 2);
            if (n == 0 || edge > edges[n - 1]) {
                edges[n++] = edge;
            }
        }
        return new Intervals(Arrays.copyOf(edges, n));
    }

    /** How many values are not above this one. */
    private static int notAbove(float[] sorted, float value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] <= value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * A bin up to each edge, one above the last, one of the unknown.
     *
     * @param edges shape [size − 2], rising; equal neighbours in the rows share a bin, so there may be few
     */
    @SuppressWarnings("ArrayRecordComponent") // numeric vector by design; compared nowhere
    record Intervals(float[] edges) implements Bins {

        @Override
        public int size() {
            return edges.length + 2;
        }

        @Override
        public int of(double value) {
            if (!Double.isFinite(value)) {
                return edges.length + 1;
            }
            int place = Arrays.binarySearch(edges, (float) value);
            return place >= 0 ? place : -place - 1;
        }

        @Override
        public Label label(int bin) {
            return bin == edges.length + 1
                    ? Label.UNKNOWN
                    : new Label(bin == 0 ? null : edges[bin - 1], bin == edges.length ? null : edges[bin], null, null);
        }
    }

    /**
     * A bin for each value, one of all others, one of the unknown.
     *
     * @param values shape [size − 2], rising
     */
    @SuppressWarnings("ArrayRecordComponent") // numeric vector by design; compared nowhere
    record Values(float[] values) implements Bins {

        @Override
        public int size() {
            return values.length + 2;
        }

        @Override
        public int of(double value) {
            if (!Double.isFinite(value)) {
                return values.length + 1;
            }
            int place = Arrays.binarySearch(values, (float) value + 0f);
            return place >= 0 ? place : values.length;
        }

        @Override
        public Label label(int bin) {
            return bin == values.length + 1
                    ? Label.UNKNOWN
                    : bin == values.length ? Label.OTHER : new Label(null, null, values[bin], null);
        }
    }
}
