package winback.standalone.demo;

import java.util.Arrays;
import java.util.Locale;

/**
 * Durations of many calls.
 *
 * @param sortedNanos ascending
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record Latencies(long[] sortedNanos) {

    static Latencies of(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Latencies(sorted);
    }

    /** Nearest-rank percentile in milliseconds. */
    double millis(double percentile) {
        if (sortedNanos.length == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(percentile / 100 * sortedNanos.length);
        return sortedNanos[Math.clamp(rank - 1L, 0, sortedNanos.length - 1)] / 1e6;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "p50 %.1f ms, p99 %.1f ms", millis(50), millis(99));
    }
}
