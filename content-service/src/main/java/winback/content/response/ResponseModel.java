package winback.content.response;

import java.util.Arrays;
import java.util.List;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.RealMatrix;

/**
 * Logistic regression with a Gaussian prior on each effect, by iteratively reweighted least squares; the spread of an
 * effect is that of the Laplace approximation (Bishop 2006, 4.5).
 *
 * <p>Within a campaign and a kind of reader with its taste mails are drawn by probabilities that do not depend on the reader otherwise, so
 * that what an attribute seems to do is not what its readers are like.
 *
 * @param weights shape [p], logits
 * @param deviations shape [p], of the posterior
 */
@SuppressWarnings("ArrayRecordComponent") // numeric vectors by design; compared nowhere
record ResponseModel(double[] weights, double[] deviations) {

    private static final int MOST_STEPS = 30;
    private static final double SMALL_STEP = 1e-8;
    private static final double LEAST_CHANCE = 1e-6;

    /** Anything weighted, in the sense of {@link #fit}. */
    record Cell(double[] x, long exposures, long successes) {}

    /** @param cells at least one */
    static ResponseModel fit(List<Cell> cells) {
        int p = Features.SIZE;
        double[] weights = new double[p];
        long exposures = cells.stream().mapToLong(Cell::exposures).sum();
        long successes = cells.stream().mapToLong(Cell::successes).sum();
        weights[0] = logit((successes + .5) / (exposures + 1));
        double[][] precision = new double[p][p];
        for (int step = 0; step < MOST_STEPS; step++) {
            double[] gradient = new double[p];
            for (double[] row : precision) {
                Arrays.fill(row, 0);
            }
            for (int i = 0; i < p; i++) {
                double prior = 1 / (Features.spread(i) * Features.spread(i));
                precision[i][i] = prior;
                gradient[i] = -prior * weights[i];
            }
            for (Cell cell : cells) {
                add(cell, weights, gradient, precision);
            }
            double[] change = decomposed(precision)
                    .getSolver()
                    .solve(new Array2DRowRealMatrix(gradient))
                    .getColumn(0);
            double[] next = after(weights, change, cells);
            double largest = 0;
            for (int i = 0; i < p; i++) {
                largest = Math.max(largest, Math.abs(next[i] - weights[i]));
            }
            weights = next;
            if (largest < SMALL_STEP) {
                break;
            }
        }
        RealMatrix covariance = decomposed(precision).getSolver().getInverse();
        double[] deviations = new double[p];
        for (int i = 0; i < p; i++) {
            deviations[i] = Math.sqrt(covariance.getEntry(i, i));
        }
        return new ResponseModel(weights, deviations);
    }

    /** Newton's step may be too long far from the mode: as much of it as makes things better. */
    private static double[] after(double[] weights, double[] change, List<Cell> cells) {
        double before = objective(weights, cells);
        for (double part = 1; part > SMALL_STEP; part /= 2) {
            double[] next = weights.clone();
            for (int i = 0; i < next.length; i++) {
                next[i] += part * change[i];
            }
            if (objective(next, cells) <= before) {
                return next;
            }
        }
        return weights;
    }

    /** What the mode has least of: the loss, and the prior's share of it. */
    static double objective(double[] weights, List<Cell> cells) {
        double sum = 0;
        for (Cell cell : cells) {
            sum += loss(chance(weights, cell.x()), cell);
        }
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * weights[i] / (2 * Features.spread(i) * Features.spread(i));
        }
        return sum;
    }

    /** @param lower its lower triangle is filled in */
    private static CholeskyDecomposition decomposed(double[][] lower) {
        for (int i = 0; i < lower.length; i++) {
            for (int j = 0; j < i; j++) {
                lower[j][i] = lower[i][j];
            }
        }
        return new CholeskyDecomposition(new Array2DRowRealMatrix(lower, false));
    }

    private static void add(Cell cell, double[] weights, double[] gradient, double[][] precision) {
        double[] x = cell.x();
        double chance = chance(weights, x);
        double rest = cell.successes() - cell.exposures() * chance;
        double curve = cell.exposures() * chance * (1 - chance);
        for (int i = 0; i < x.length; i++) {
            if (x[i] != 0) {
                gradient[i] += rest * x[i];
                for (int j = 0; j <= i; j++) {
                    precision[i][j] += curve * x[i] * x[j];
                }
            }
        }
    }

    private static double logit(double chance) {
        return Math.log(chance / (1 - chance));
    }

    private static double chance(double[] weights, double[] x) {
        double logit = 0;
        for (int i = 0; i < x.length; i++) {
            logit += weights[i] * x[i];
        }
        return 1 / (1 + Math.exp(-logit));
    }

    /** Of a success, in (0, 1). */
    double chance(double[] x) {
        return chance(weights, x);
    }

    /** Of all answers of a cell: the sum of −log of what was thought of each, in nats. */
    double loss(Cell cell) {
        return loss(chance(cell.x()), cell);
    }

    static double loss(double chance, Cell cell) {
        double p = Math.clamp(chance, LEAST_CHANCE, 1 - LEAST_CHANCE);
        return -cell.successes() * Math.log(p) - (cell.exposures() - cell.successes()) * Math.log(1 - p);
    }
}
