package winback.prediction.drift;

import org.hipparchus.distribution.continuous.ChiSquaredDistribution;

/**
 * The population stability index of two samples that are counted in the same bins:
 *
 * <pre>
 *   PSI = Σ (cᵢ − rᵢ) ln(cᵢ ÷ rᵢ)      rᵢ, cᵢ: shares of the reference and of the current sample in bin i
 * </pre>
 *
 * <p>By custom below .1 nothing has changed, and above {@value #SHIFTED} so much that the model has to be looked at
 * [1]. These numbers say nothing of how many were counted, though two samples of one population never agree: without
 * any drift the index is distributed as (1/n_r + 1/n_c) χ² with B − 1 degrees of freedom, B bins [2, 3], which is (B −
 * 1)(1/n_r + 1/n_c) in the mean. Of 100 customers and ten bins that is .18. So what is allowed is a threshold plus what
 * chance alone does.
 *
 * <p>Other than there, half a customer is added to each bin that either sample has anyone in, so that an empty bin
 * gives a large index and not an infinite one; bins that both leave empty do not count.
 *
 * <p>[1] N. Siddiqi (2006), Credit Risk Scorecards, Wiley. [2] B. Yurdakul, J. Naranjo (2020), Statistical Properties
 * of the Population Stability Index, Journal of Risk Model Validation 14(4). [3] C. J. Potgieter et al. (2023), The
 * Population Resemblance Statistic, arXiv:2307.11878, on why thresholds without sample sizes mislead.
 */
final class Stability {

    /** Up to here nothing has changed. */
    static final double STEADY = .1;

    /** From here on a model has to be looked at. */
    static final double SHIFTED = .25;

    /**
     * Chance exceeds the bound that is given to it once in a thousand looks at a column; and an alert takes the
     * threshold on top, so that 200 columns looked at hourly for years raise none by chance.
     */
    private static final double CONFIDENCE = .999;

    private static final double PRIOR = .5;

    private Stability() {}

    /**
     * @param reference customers in each bin, shape [b]
     * @param current likewise, shape [b]
     * @return ≥ 0
     */
    static double psi(int[] reference, int[] current) {
        if (reference.length != current.length) {
            throw new IllegalArgumentException(
                    "Expected as many bins: %d and %d".formatted(reference.length, current.length));
        }
        double added = PRIOR * bins(reference, current);
        double n = sum(reference) + added;
        double m = sum(current) + added;
        double psi = 0;
        for (int bin = 0; bin < reference.length; bin++) {
            if (reference[bin] + current[bin] > 0) {
                double r = (reference[bin] + PRIOR) / n;
                double c = (current[bin] + PRIOR) / m;
                psi += (c - r) * Math.log(c / r);
            }
        }
        return psi;
    }

    /** Bins that either sample has anyone in. */
    static int bins(int[] reference, int[] current) {
        int bins = 0;
        for (int bin = 0; bin < reference.length; bin++) {
            bins += reference[bin] + current[bin] > 0 ? 1 : 0;
        }
        return bins;
    }

    /** What the index is in the mean without any drift; 0 of one bin. */
    static double expected(int[] reference, int[] current) {
        return Math.max(0, bins(reference, current) - 1) * unit(reference, current);
    }

    /** What the index is below in 999 of 1,000 pairs of samples without any drift; 0 of one bin. */
    static double noise(int[] reference, int[] current) {
        int degrees = bins(reference, current) - 1;
        return degrees < 1
                ? 0
                : new ChiSquaredDistribution(degrees).inverseCumulativeProbability(CONFIDENCE)
                        * unit(reference, current);
    }

    private static double unit(int[] reference, int[] current) {
        return 1. / sum(reference) + 1. / sum(current);
    }

    private static long sum(int[] counts) {
        long sum = 0;
        for (int count : counts) {
            sum += count;
        }
        return sum;
    }
}
