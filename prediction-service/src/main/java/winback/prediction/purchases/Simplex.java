package winback.prediction.purchases;

import java.util.Arrays;
import org.hipparchus.analysis.MultivariateFunction;
import org.hipparchus.exception.MathIllegalStateException;
import org.hipparchus.optim.InitialGuess;
import org.hipparchus.optim.MaxEval;
import org.hipparchus.optim.nonlinear.scalar.GoalType;
import org.hipparchus.optim.nonlinear.scalar.ObjectiveFunction;
import org.hipparchus.optim.nonlinear.scalar.noderiv.NelderMeadSimplex;
import org.hipparchus.optim.nonlinear.scalar.noderiv.SimplexOptimizer;
import winback.prediction.progress.Progress;

/** Maximum likelihood over positive parameters, by Nelder and Mead's simplex on their logarithms. */
final class Simplex {

    /** Parameters stay in [e^-8, e^12]: beyond that the likelihoods are flat and the special functions lose digits. */
    private static final double MIN_LOG = -8;

    private static final double MAX_LOG = 12;
    private static final int MAX_EVALUATIONS = 4_000;

    private Simplex() {}

    /** The positive parameters, shape as {@code start}, at which {@code logLikelihood} is largest. */
    static double[] maximise(MultivariateFunction logLikelihood, double[] start) {
        MultivariateFunction onLogs = logs -> {
            Progress.stopIfInterrupted();
            double outside = 0;
            double[] parameters = new double[logs.length];
            for (int i = 0; i < logs.length; i++) {
                double inside = Math.clamp(logs[i], MIN_LOG, MAX_LOG);
                outside += Math.abs(logs[i] - inside);
                parameters[i] = Math.exp(inside);
            }
            double value = logLikelihood.value(parameters);
            return (Double.isFinite(value) ? value : -1e15) - 1e3 * outside;
        };
        double[] best = Arrays.stream(start).map(Math::log).toArray();
        // A simplex may collapse before the top: begin again from where it stopped, with a fresh one.
        for (double step : new double[] {1, .3, .1}) {
            try {
                best = new SimplexOptimizer(1e-9, 1e-7)
                        .optimize(
                                new MaxEval(MAX_EVALUATIONS),
                                new ObjectiveFunction(onLogs),
                                GoalType.MAXIMIZE,
                                new InitialGuess(best),
                                new NelderMeadSimplex(best.length, step))
                        .getPoint();
            } catch (MathIllegalStateException tooManyEvaluations) {
                throw new IllegalArgumentException(
                        "The purchase model does not converge on this data", tooManyEvaluations);
            }
        }
        return Arrays.stream(best)
                .map(log -> Math.exp(Math.clamp(log, MIN_LOG, MAX_LOG)))
                .toArray();
    }
}
