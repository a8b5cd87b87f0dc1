package winback.prediction.linear;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.CholeskyDecomposition;
import org.jspecify.annotations.Nullable;
import winback.prediction.attribution.Attribution;
import winback.prediction.boosting.Objective;
import winback.prediction.progress.Progress;

/**
 * A generalised linear model with a ridge penalty: margin = offset + intercept + Σ w·z + v·offset, z standardised,
 * the second offset centred. It minimises mean loss + λ/2 · (|w|² + σ²(1 + v)²), σ the offset's deviation, by Fisher
 * scoring with step halving; the intercept is not penalised. So the penalty draws the offset's whole weight to 0 as any
 * column's, and not to the given 1: who wants the offset as it is weighs it as a member of its own.
 *
 * @param weights shape [width + 2]: of the standardised columns, of the offset (beyond its given 1), the intercept
 * @param offsetMean by which the offset is centred
 */
@SuppressWarnings("ArrayRecordComponent") // numeric vector by design; compared nowhere
public record RidgeModel(Standardisation standardisation, double[] weights, double offsetMean) {

    private static final int MAX_STEPS = 40;

    /** A step over a hundred thousand rows of two hundred columns takes seconds. */
    private static final int ROWS_BETWEEN_LOOKS = 1_024;

    private static final double TOLERANCE = 1e-9;

    /**
     * One model for each penalty, each fit starting from the one before.
     *
     * @param x shape [n][p], NaN means unknown; n ≥ 1
     * @param y labels, shape [n]
     * @param offset margin that each row starts from, shape [n]
     * @param penalties λ, > 0, falling
     */
    public static List<RidgeModel> path(
            float[][] x, float[] y, float[] offset, Objective objective, double[] penalties) {
        Rows rows = new Rows(x, y, offset, objective);
        List<RidgeModel> models = new ArrayList<>();
        for (double penalty : penalties) {
            int done = models.size();
            models.add(Progress.within(
                    (double) done / penalties.length,
                    (done + 1.) / penalties.length,
                    "penalty %d of %d".formatted(done + 1, penalties.length),
                    () -> rows.fit(penalty, done == 0 ? null : models.getLast().weights)));
        }
        return models;
    }

    /** Rows made ready once, for fits with several penalties. */
    private static final class Rows {
        private final Standardisation standardisation;
        private final float[][] z;
        private final float[] y;
        private final float[] offset;
        private final double offsetMean;
        private final double offsetVariance;
        private final Objective objective;

        /**
         * @param x shape [n][p], NaN means unknown
         * @param y labels, shape [n]
         * @param offset margin that each row starts from, shape [n]
         */
        Rows(float[][] x, float[] y, float[] offset, Objective objective) {
            this.standardisation = Standardisation.of(x);
            double sum = 0;
            for (float value : offset) {
                sum += value;
            }
            this.offsetMean = sum / offset.length;
            double squares = 0;
            for (float value : offset) {
                squares += (value - offsetMean) * (value - offsetMean);
            }
            this.offsetVariance = squares / offset.length;
            this.z = new float[x.length][standardisation.width() + 2];
            double[] row = new double[standardisation.width() + 2];
            for (int i = 0; i < x.length; i++) {
                stopNowAndThen(i);
                design(standardisation, x[i], offset[i], offsetMean, row);
                for (int a = 0; a < row.length; a++) {
                    z[i][a] = (float) row[a];
                }
            }
            this.y = y;
            this.offset = offset;
            this.objective = objective;
        }

        private double loss(double[] weights, double penalty) {
            double sum = 0;
            for (int i = 0; i < y.length; i++) {
                stopNowAndThen(i);
                sum += objective.loss(offset[i] + dot(weights, z[i]), y[i]);
            }
            double squares = 0;
            for (int a = 0; a < weights.length - 1; a++) {
                squares += penalised(weights, a) * penalised(weights, a) * scale(a);
            }
            return sum / y.length + penalty / 2 * squares;
        }

        /** What is drawn to 0: of the offset, its whole weight. */
        private double penalised(double[] weights, int a) {
            return a == standardisation.width() ? 1 + weights[a] : weights[a];
        }

        /** By how much more than of a column of variance 1. */
        private double scale(int a) {
            return a == standardisation.width() ? offsetVariance : 1;
        }

        /**
         * Adds the loss's gradient, and the lower half of Fisher's information; both without the penalty.
         *
         * <p>Four rows at a time: a line of the matrix is read and written once for them, which is most of the work.
         */
        private void sum(double[] weights, double[] gradient, double[][] information) {
            int k = weights.length;
            double[][] row = new double[4][k];
            double[] curvature = new double[4];
            for (int i = 0; i < y.length; i += 4) {
                stopNowAndThen(i);
                for (int r = 0; r < 4; r++) {
                    if (i + r == y.length) {
                        // What is left of the rows before has no curvature, and counts no more.
                        Arrays.fill(curvature, r, 4, 0);
                        break;
                    }
                    float[] design = z[i + r];
                    double margin = offset[i + r] + dot(weights, design);
                    double slope = objective.slope(margin, y[i + r]) / y.length;
                    curvature[r] = objective.curvature(margin) / y.length;
                    for (int a = 0; a < k; a++) {
                        row[r][a] = design[a];
                        gradient[a] += slope * design[a];
                    }
                }
                add(information, row[0], row[1], row[2], row[3], curvature);
            }
        }

        private static void add(
                double[][] information, double[] r0, double[] r1, double[] r2, double[] r3, double[] curvature) {
            for (int a = 0; a < r0.length; a++) {
                double c0 = curvature[0] * r0[a];
                double c1 = curvature[1] * r1[a];
                double c2 = curvature[2] * r2[a];
                double c3 = curvature[3] * r3[a];
                double[] line = information[a];
                for (int b = 0; b <= a; b++) {
                    line[b] += c0 * r0[b] + c1 * r1[b] + c2 * r2[b] + c3 * r3[b];
                }
            }
        }

        /**
         * @param penalty λ, > 0
         * @param start weights to begin from, such as those of a neighbouring λ; null for none
         */
        RidgeModel fit(double penalty, double @Nullable [] start) {
            int k = standardisation.width() + 2;
            double[] weights = start == null ? new double[k] : start.clone();
            double loss = loss(weights, penalty);
            for (int step = 0; step < MAX_STEPS; step++) {
                // How many there will be is not known: mostly three to eight.
                Progress.at(1 - Math.pow(.7, step), "step " + (step + 1));
                double[] gradient = new double[k];
                double[][] information = new double[k][k];
                sum(weights, gradient, information);
                for (int a = 0; a < k; a++) {
                    if (a < k - 1) {
                        gradient[a] += penalty * scale(a) * penalised(weights, a);
                        information[a][a] += penalty * scale(a);
                    }
                    information[a][a] += 1e-12;
                    for (int b = 0; b < a; b++) {
                        information[b][a] = information[a][b];
                    }
                }
                double[] direction = new CholeskyDecomposition(
                                new Array2DRowRealMatrix(information, false), 1e-6, 1e-300)
                        .getSolver()
                        .solve(new ArrayRealVector(gradient, false))
                        .toArray();
                double length = 1;
                double[] next = minus(weights, direction, length);
                double nextLoss = loss(next, penalty);
                while (!(nextLoss <= loss) && length > 1e-4) {
                    length /= 2;
                    next = minus(weights, direction, length);
                    nextLoss = loss(next, penalty);
                }
                if (!(nextLoss <= loss)) {
                    break;
                }
                boolean there = loss - nextLoss < TOLERANCE * (1 + Math.abs(loss));
                weights = next;
                loss = nextLoss;
                if (there) {
                    break;
                }
            }
            return new RidgeModel(standardisation, weights, offsetMean);
        }
    }

    private static void stopNowAndThen(int row) {
        if (row % ROWS_BETWEEN_LOOKS == 0) {
            Progress.stopIfInterrupted();
        }
    }

    private static double[] minus(double[] from, double[] what, double times) {
        double[] result = from.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] -= times * what[i];
        }
        return result;
    }

    private static double dot(double[] weights, double[] row) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * row[i];
        }
        return sum;
    }

    private static double dot(double[] weights, float[] row) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * row[i];
        }
        return sum;
    }

    /** The standardised columns, the offset and 1; shape [width + 2]. */
    private static void design(
            Standardisation standardisation, float[] x, double offset, double offsetMean, double[] into) {
        int width = standardisation.apply(x, into);
        into[width] = offset - offsetMean;
        into[width + 1] = 1;
    }

    /** @return margins, shape [n] */
    public double[] margins(float[][] x, float[] offset) {
        double[] z = new double[weights.length];
        double[] margins = new double[x.length];
        for (int i = 0; i < margins.length; i++) {
            design(standardisation, x[i], offset[i], offsetMean, z);
            margins[i] = offset[i] + dot(weights, z);
        }
        return margins;
    }

    /**
     * Adds what the model adds to a row's offset: each weight × (its column − the column's mean).
     *
     * @param row shape [p]
     * @param weight of the model in {@code into}
     */
    public void explain(float[] row, float offset, double weight, Attribution into) {
        double[] z = new double[weights.length];
        design(standardisation, row, offset, offsetMean, z);
        int width = standardisation.width();
        for (int k = 0; k < width; k++) {
            double usual = standardisation.usual(k);
            into.addFeature(standardisation.column(k), weight * weights[k] * (z[k] - usual));
            into.addBase(weight * weights[k] * usual);
        }
        into.addGuess(weight * weights[width]);
        into.addBase(weight * (weights[width + 1] - weights[width] * offsetMean));
    }
}
