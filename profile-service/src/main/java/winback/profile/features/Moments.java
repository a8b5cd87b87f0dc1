package winback.profile.features;

/**
 * Count, mean and spread of numbers as they come.
 *
 * <p>B. P. Welford, Note on a method for calculating corrected sums of squares and products, Technometrics 4(3), 1962.
 */
final class Moments {

    private long n;
    private double mean;
    /** Sum of squared distances from the mean. */
    private double m2;

    void add(double x) {
        n++;
        double distance = x - mean;
        mean += distance / n;
        m2 += distance * (x - mean);
    }

    long n() {
        return n;
    }

    /** NaN when there is none. */
    double mean() {
        return n == 0 ? Double.NaN : mean;
    }

    double sum() {
        return mean * n;
    }

    /** The sample standard deviation; NaN below two. */
    double sd() {
        return n < 2 ? Double.NaN : Math.sqrt(Math.max(0, m2) / (n - 1));
    }

    void transfer(Codec codec) {
        n = codec.count(n);
        if (n > 0) {
            mean = codec.number(mean);
            m2 = codec.number(m2);
        }
    }
}
