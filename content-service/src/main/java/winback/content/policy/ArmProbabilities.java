package winback.content.policy;

import java.util.Arrays;

/**
 * The probability that each arm is the best one, under independent Beta posteriors, for Thompson sampling [1] with known
 * propensities.
 *
 * <p>P(arm i is best) = ∫ f_i(x) ∏_{j≠i} F_j(x) dx over [0, 1], by the trapezoidal rule on a grid that is dense where any
 * posterior has mass. Drawing an arm from these probabilities is the same as drawing a rate from each posterior and
 * taking the largest, except that here the probability of what was drawn is known.
 *
 * <p>[1] Thompson, On the likelihood that one unknown probability exceeds another, Biometrika 25 (1933). Formula as in
 * Scott, A modern Bayesian look at the multi-armed bandit, Appl. Stochastic Models Bus. Ind. 26 (2010), eq. 5.
 */
final class ArmProbabilities {

    private static final int COARSE = 256;
    private static final int FINE = 400;
    /** Beyond ten standard deviations even the exponential tail of Beta(1, n) has less than 1/50,000. */
    private static final double DEVIATIONS = 10;

    private ArmProbabilities() {}

    /**
     * @param alpha shape [k], ≥ 1
     * @param beta shape [k], ≥ 1
     * @return shape [k], sums to 1
     */
    static double[] best(double[] alpha, double[] beta) {
        int k = alpha.length;
        if (k != beta.length) {
            throw new IllegalArgumentException("expected " + k + " betas, actual " + beta.length);
        }
        if (k == 1) {
            return new double[] {1};
        }
        double[] x = grid(alpha, beta);
        double[][] density = new double[k][x.length];
        double[][] cumulative = new double[k][x.length];
        for (int i = 0; i < k; i++) {
            if (!(alpha[i] >= 1) || !(beta[i] >= 1)) {
                throw new IllegalArgumentException("Invalid posterior: Beta(" + alpha[i] + ", " + beta[i] + ")");
            }
            distribution(alpha[i], beta[i], x, density[i], cumulative[i]);
        }
        double[] best = new double[k];
        double[] value = new double[k];
        double[] previous = new double[k];
        for (int g = 0; g < x.length; g++) {
            // f_i times the F of those before i, then of those after it: the product of all others for the price of
            // one.
            double others = 1;
            for (int i = 0; i < k; i++) {
                value[i] = density[i][g] * others;
                others *= cumulative[i][g];
            }
            others = 1;
            for (int i = k - 1; i >= 0; i--) {
                value[i] *= others;
                others *= cumulative[i][g];
                if (g > 0) {
                    best[i] += (x[g] - x[g - 1]) * (value[i] + previous[i]) / 2;
                }
                previous[i] = value[i];
            }
        }
        double sum = Arrays.stream(best).sum();
        if (!(sum > 0)) {
            throw new ArithmeticException(
                    "No arm is the best: alpha " + Arrays.toString(alpha) + ", beta " + Arrays.toString(beta));
        }
        for (int i = 0; i < k; i++) {
            best[i] /= sum;
        }
        return best;
    }

    /** Ascending; where many arms want points in the same place, no denser than twice the densest of them. */
    private static double[] grid(double[] alpha, double[] beta) {
        double[] x = new double[COARSE + 1 + alpha.length * (FINE + 1)];
        int n = 0;
        for (int g = 0; g <= COARSE; g++) {
            x[n++] = (double) g / COARSE;
        }
        double densest = 1;
        for (int i = 0; i < alpha.length; i++) {
            double total = alpha[i] + beta[i];
            double mean = alpha[i] / total;
            double deviation = Math.sqrt(mean * (1 - mean) / (total + 1));
            double from = Math.max(0, mean - DEVIATIONS * deviation);
            double to = Math.min(1, mean + DEVIATIONS * deviation);
            densest = Math.min(densest, (to - from) / FINE);
            for (int g = 0; g <= FINE; g++) {
                // Not beyond 1 by a rounding, where no logarithm is.
                x[n++] = Math.min(to, from + (to - from) * g / FINE);
            }
        }
        Arrays.sort(x);
        int kept = 1;
        for (int g = 1; g < n; g++) {
            if (x[g] - x[kept - 1] >= densest / 2 || g == n - 1) {
                x[kept++] = x[g];
            }
        }
        return Arrays.copyOf(x, kept);
    }

    /** Fills density and distribution on the grid, normalised on it, so that no gamma function is needed. */
    private static void distribution(double a, double b, double[] x, double[] density, double[] cumulative) {
        double peak = a + b > 2 ? (a - 1) / (a + b - 2) : .5;
        double atPeak = logKernel(a, b, peak);
        for (int g = 0; g < x.length; g++) {
            density[g] = Math.exp(logKernel(a, b, x[g]) - atPeak);
            cumulative[g] = g == 0 ? 0 : cumulative[g - 1] + (x[g] - x[g - 1]) * (density[g] + density[g - 1]) / 2;
        }
        double total = cumulative[x.length - 1];
        for (int g = 0; g < x.length; g++) {
            density[g] /= total;
            cumulative[g] /= total;
        }
    }

    private static double logKernel(double a, double b, double x) {
        // 0 · log 0 = 0: a uniform end stays finite.
        double left = a == 1 ? 0 : (a - 1) * Math.log(x);
        double right = b == 1 ? 0 : (b - 1) * Math.log1p(-x);
        return left + right;
    }
}
