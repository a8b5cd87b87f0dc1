package winback.prediction.models;

import java.util.Optional;
import winback.prediction.attribution.Attribution;
import winback.prediction.intervals.Range;

/** A fitted model: immutable and thread-safe. May hold native memory, so its one owner closes it. */
public interface Model extends AutoCloseable {

    ModelName name();

    /** The columns that {@link #predict} expects. */
    FeatureSchema schema();

    /** What predictions refer to, unless a caller asks for another number of days. */
    int horizonDays();

    /**
     * @param features shape [n][p], columns in {@link #schema()} order, unscaled; NaN means unknown
     * @param days looked ahead, ≥ 1
     * @return shape [n]; NaN for those of whom the model knows nothing, see {@link FeatureSchema#concerned}
     */
    double[] predict(float[][] features, int days);

    /**
     * How many numbers of the last periods it has to be given of each customer, 12·q; 0 for a model that does not look
     * at them, which is then asked without.
     */
    default int periodSize() {
        return 0;
    }

    /**
     * As {@link #predict(float[][], int)}, for models that look at the last periods too.
     *
     * @param periods shape [n][{@link #periodSize()}], see {@link Sample#periods()}; of any shape, also empty, for a
     *     model that does not look at them
     */
    default double[] predict(float[][] features, float[][] periods, int days) {
        return predict(features, days);
    }

    /** What a prediction is over when so many days are asked for; of a model that knows no other horizon, its own. */
    default int reach(int days) {
        return days;
    }

    /** Where the outcome, or for a probability the true share, lies in {@link Range#NOMINAL} of all cases; both ends NaN when the model cannot say. */
    default Range range(double prediction) {
        return Range.UNKNOWN;
    }

    /** As {@link #predict(float[][], int)} over {@link #horizonDays()}. */
    default double[] predict(float[][] features) {
        return predict(features, horizonDays());
    }

    /**
     * Why the prediction over {@link #horizonDays()} is what it is.
     *
     * @param row shape [p], as in {@link #predict}
     * @return empty for who has no prediction, and of a model that cannot tell
     */
    default Optional<Attribution> explain(float[] row) {
        return Optional.empty();
    }

    /**
     * As {@link #explain(float[])}, for models that look at the last periods too.
     *
     * @param periods as in {@link #predict(float[][], float[][], int)}
     */
    default Optional<Attribution> explain(float[] row, float[] periods) {
        return explain(row);
    }

    /** What loads the same model again. */
    byte[] toBytes();

    @Override
    void close();
}
