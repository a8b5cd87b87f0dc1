package winback.prediction.engagement;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import winback.prediction.attribution.Attribution;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.boosting.Objective;
import winback.prediction.churn.LogisticCurve;
import winback.prediction.correction.Correction;

/**
 * Probability of an outcome of 0 or 1: {@code σ(slope × (logit of the share + f(features)) + intercept)}, f being what
 * a ridge regression, boosted trees and where asked for a random forest and a network add, weighed on rows that they did
 * not see. Slope and intercept are Platt's calibration on the same rows. Holds native memory until closed. Thread-safe.
 */
final class CalibratedShare implements AutoCloseable {

    private final double share;
    private final Correction correction;
    private final LogisticCurve calibration;

    private CalibratedShare(double share, Correction correction, LogisticCurve calibration) {
        this.share = share;
        this.correction = correction;
        this.calibration = calibration;
    }

    /**
     * As kept.
     *
     * @param share of the positives, in (0, 1)
     */
    record Artefact(double share, Correction.Artefact correction, LogisticCurve calibration) {}

    /**
     * A fit with what it says of the rows that it is calibrated on, by members that did not see them.
     *
     * @param probabilities shape [k]
     * @param rows their places in the training rows, shape [k]
     */
    @SuppressWarnings("ArrayRecordComponent") // numeric vectors by design; compared nowhere
    record Fitted(CalibratedShare model, double[] probabilities, int[] rows) {}

    /**
     * @param x shape [n][p], NaN means unknown
     * @param y labels, shape [n], 0 or 1
     * @param group shape [n], equal for rows of one customer
     * @param also further members
     * @param calibrating of places in {@code Correction.Fitted.rows()}, those to calibrate on; where it leaves none, all
     */
    static Fitted fit(
            float[][] x,
            float[] y,
            int[] group,
            BoostingOptions options,
            Correction.Also also,
            UnaryOperator<int[]> calibrating) {
        double positives = 0;
        for (float label : y) {
            positives += label;
        }
        // Of outcomes that are all the same, half an outcome away.
        double share = Math.clamp(positives / y.length, .5 / y.length, 1 - .5 / y.length);
        Correction.Fitted fitted =
                Correction.fit(x, y, offsets(share, y.length), group, Objective.LOGISTIC, options, also);
        int[] all = new int[fitted.rows().length];
        Arrays.setAll(all, k -> k);
        int[] some = calibrating.apply(fitted.rows());
        int[] held = some.length == 0 ? all : some;
        double[] margins =
                Arrays.stream(held).mapToDouble(k -> fitted.margins()[k]).toArray();
        int[] rows = Arrays.stream(held).map(k -> fitted.rows()[k]).toArray();
        LogisticCurve calibration = LogisticCurve.fit(
                margins, Arrays.stream(rows).mapToDouble(i -> y[i]).toArray());
        return new Fitted(
                new CalibratedShare(share, fitted.correction(), calibration),
                Arrays.stream(margins).map(calibration::at).toArray(),
                rows);
    }

    private static float[] offsets(double share, int n) {
        float[] offsets = new float[n];
        Arrays.fill(offsets, (float) logit(share));
        return offsets;
    }

    private static double logit(double share) {
        return Math.log(share / (1 - share));
    }

    /** What corrects the share. */
    Correction correction() {
        return correction;
    }

    LogisticCurve calibration() {
        return calibration;
    }

    /** @return shape [n] */
    double[] probabilities(float[][] x) {
        if (x.length == 0) {
            return new double[0];
        }
        return Arrays.stream(correction.margins(x, offsets(share, x.length)))
                .map(calibration::at)
                .toArray();
    }

    /** In log-odds; all begin with the share. */
    Attribution explain(float[] row) {
        double guess = logit(share);
        Attribution parts = new Attribution(Attribution.Scale.LOG_ODDS, row.length, guess, guess);
        correction.explain(row, (float) guess, parts);
        parts.calibrate(calibration.slope(), calibration.intercept());
        return parts;
    }

    Artefact toArtefact() {
        return new Artefact(share, correction.toArtefact(), calibration);
    }

    /** For {@code columns} features. */
    static CalibratedShare load(Artefact artefact, int columns) {
        return new CalibratedShare(
                artefact.share(), Correction.load(artefact.correction(), columns), artefact.calibration());
    }

    @Override
    public void close() {
        correction.close();
    }
}
