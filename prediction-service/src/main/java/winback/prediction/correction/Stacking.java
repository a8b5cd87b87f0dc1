package winback.prediction.correction;

import java.util.Arrays;
import winback.prediction.boosting.Objective;
import winback.prediction.progress.Progress;

/**
 * Weights of several members' margins, ≥ 0 and of sum 1, that minimise the mean loss of the weighted margin on rows
 * that no member has seen. Convex in the weights for both objectives; found by exponentiated gradient steps.
 *
 * <p>L. Breiman (1996), Stacked Regressions: non-negative weights are what makes stacking safe. J. Kivinen and M.
 * Warmuth (1997), Exponentiated Gradient versus Gradient Descent for Linear Predictors.
 */
final class Stacking {

    private static final int STEPS = 500;

    private Stacking() {}

    /**
     * @param margins shape [members][n]
     * @param y labels, shape [n]
     * @return shape [members]
     */
    static double[] weights(double[][] margins, float[] y, Objective objective) {
        double[] weights = new double[margins.length];
        Arrays.fill(weights, 1. / margins.length);
        double loss = loss(margins, weights, y, objective);
        double rate = 1;
        for (int step = 0; step < STEPS && rate > 1e-6; step++) {
            Progress.stopIfInterrupted();
            double[] gradient = gradient(margins, weights, y, objective);
            double[] next = new double[weights.length];
            double most = Arrays.stream(gradient).map(Math::abs).max().orElse(0);
            if (most == 0) {
                break;
            }
            double sum = 0;
            for (int k = 0; k < next.length; k++) {
                next[k] = weights[k] * Math.exp(-rate * gradient[k] / most);
                sum += next[k];
            }
            for (int k = 0; k < next.length; k++) {
                next[k] /= sum;
            }
            double nextLoss = loss(margins, next, y, objective);
            if (nextLoss < loss) {
                weights = next;
                loss = nextLoss;
                rate *= 1.5;
            } else {
                rate /= 3;
            }
        }
        return weights;
    }

    /** Σ over members, shape [n]. */
    static double[] weighted(double[][] margins, double[] weights) {
        double[] sum = new double[margins[0].length];
        for (int k = 0; k < weights.length; k++) {
            for (int i = 0; weights[k] != 0 && i < sum.length; i++) {
                sum[i] += weights[k] * margins[k][i];
            }
        }
        return sum;
    }

    private static double loss(double[][] margins, double[] weights, float[] y, Objective objective) {
        double[] weighted = weighted(margins, weights);
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += objective.loss(weighted[i], y[i]);
        }
        return sum / y.length;
    }

    /** By the weights, less its mean: a common part changes nothing on the simplex. */
    private static double[] gradient(double[][] margins, double[] weights, float[] y, Objective objective) {
        double[] weighted = weighted(margins, weights);
        double[] gradient = new double[weights.length];
        for (int i = 0; i < y.length; i++) {
            double slope = objective.slope(weighted[i], y[i]) / y.length;
            for (int k = 0; k < gradient.length; k++) {
                gradient[k] += slope * margins[k][i];
            }
        }
        double mean = 0;
        for (int k = 0; k < gradient.length; k++) {
            mean += weights[k] * gradient[k];
        }
        for (int k = 0; k < gradient.length; k++) {
            gradient[k] -= mean;
        }
        return gradient;
    }
}
