package winback.prediction.engagement;

import java.util.Arrays;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.boosting.Objective;
import winback.prediction.churn.LogisticCurve;
import winback.prediction.correction.Correction;

/**
 * Probability of an outcome of 0 or 1: {@code σ(slope × (logit of the share + f(features)) + intercept)}, f being what
 * a ridge regression, boosted trees, a random forest and a network add, weighed on rows that they did not see. Slope and
 * intercept are Platt's calibration on the same rows. Holds native memory until closed. Thread-safe.
 */
public final class EngagementModel implements AutoCloseable {

    private final double share;
    private final Correction correction;
    private final LogisticCurve calibration;

    private EngagementModel(double share, Correction correction, LogisticCurve calibration) {
        this.share = share;
        this.correction = correction;
        this.calibration = calibration;
    }

    /**
     * @param x shape [n][p], NaN means unknown
     * @param y labels, shape [n], 0 or 1, both of which occur
     * @param group shape [n], equal for rows of one customer
     */
    static EngagementModel fit(float[][] x, float[] y, int[] group, BoostingOptions options) {
        double positives = 0;
        for (float label : y) {
            positives += label;
        }
        double share = positives / y.length;
        Correction.Fitted fitted = Correction.fit(
                x, y, offsets(share, y.length), group, Objective.LOGISTIC, options, new Correction.Also(true, true));
        LogisticCurve calibration = LogisticCurve.fit(
                fitted.margins(),
                Arrays.stream(fitted.rows()).mapToDouble(i -> y[i]).toArray());
        return new EngagementModel(share, fitted.correction(), calibration);
    }

    private static float[] offsets(double share, int n) {
        float[] offsets = new float[n];
        Arrays.fill(offsets, (float) Math.log(share / (1 - share)));
        return offsets;
    }

    /** What corrects the share. */
    Correction correction() {
        return correction;
    }

    /** @return shape [n] */
    double[] probabilities(float[][] x) {
        return Arrays.stream(correction.margins(x, offsets(share, x.length)))
                .map(calibration::at)
                .toArray();
    }

    @Override
    public void close() {
        correction.close();
    }
}
