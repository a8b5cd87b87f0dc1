package winback.prediction.metrics;

import java.util.Arrays;

/** Ranks from 1; equal values share their mean rank. */
final class Ranks {

    private Ranks() {}

    static double[] of(double[] values) {
        int n = values.length;
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double[] ranks = new double[n];
        for (int i = 0; i < n; i++) {
            // Places first to last - 1 hold equal values: ranks first + 1 to last.
            double first = bound(sorted, values[i], false);
            double last = bound(sorted, values[i], true);
            ranks[i] = (first + 1 + last) / 2;
        }
        return ranks;
    }

    /** The first place whose value is not less (or, {@code above}, is greater) than {@code value}. */
    private static int bound(double[] sorted, double value, boolean above) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int comparison = Double.compare(sorted[middle], value);
            if (comparison < 0 || above && comparison == 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
