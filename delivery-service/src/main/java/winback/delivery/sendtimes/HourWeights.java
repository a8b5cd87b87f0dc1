package winback.delivery.sendtimes;

import static winback.delivery.sendtimes.HourCounts.HOURS;

import winback.delivery.quiethours.QuietHours;

/**
 * Shares of responses by local hour, estimated as the posterior mean of a multinomial with a Dirichlet prior: with
 * counts c[h] that sum to n, and a prior p of strength k, the share of hour h is (c[h] + k p[h]) / (n + k). A subscriber's
 * prior is everybody's share; everybody's prior is uniform over the hours that are not quiet.
 *
 * <p>Reference: Gelman et al., Bayesian Data Analysis, 3rd ed., section 3.4 (multinomial model for categorical data).
 */
final class HourWeights {

    /** Two weights that differ by less are equal: sums of decayed counts carry rounding. */
    private static final double EQUAL = 1e-9;

    private HourWeights() {}

    /**
     * @param counts shape [24]
     * @return shape [24], sums to 1
     */
    static double[] everybody(double[] counts, QuietHours quiet, double strength) {
        double[] prior = new double[HOURS];
        for (int hour = 0; hour < HOURS; hour++) {
            prior[hour] = quiet.quiet(hour) ? 0 : 1.0 / quiet.openHours();
        }
        return shrunk(counts, prior, strength);
    }

    /**
     * @param counts shape [24]
     * @param prior shape [24], sums to 1
     * @return shape [24], sums to 1
     */
    static double[] shrunk(double[] counts, double[] prior, double strength) {
        double n = 0;
        for (double count : counts) {
            n += count;
        }
        double[] weights = new double[HOURS];
        for (int hour = 0; hour < HOURS; hour++) {
            weights[hour] = (counts[hour] + strength * prior[hour]) / (n + strength);
        }
        return weights;
    }

    /**
     * The hour of the largest weight outside quiet hours. Where several are largest, as before the first response, the
     * subscriber's id chooses: so the mails of a campaign spread over the day, and every hour has its chance to prove
     * itself.
     */
    static int bestHour(double[] weights, QuietHours quiet, String subscriberId) {
        double largest = -1;
        for (int hour = 0; hour < HOURS; hour++) {
            if (!quiet.quiet(hour)) {
                largest = Math.max(largest, weights[hour]);
            }
        }
        int[] best = new int[HOURS];
        int ties = 0;
        for (int hour = 0; hour < HOURS; hour++) {
            if (!quiet.quiet(hour) && weights[hour] >= largest - EQUAL) {
                best[ties++] = hour;
            }
        }
        return best[Math.floorMod(mixed(subscriberId), ties)];
    }

    /** String.hashCode barely changes with the last digit; consecutive ids shall spread. */
    private static int mixed(String id) {
        int h = id.hashCode() * 0x9E3779B9;
        return h ^ h >>> 16;
    }

    /** Half the sum of absolute differences: the share of weight that moved, in [0, 1]. */
    static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int hour = 0; hour < HOURS; hour++) {
            sum += Math.abs(a[hour] - b[hour]);
        }
        return sum / 2;
    }
}
