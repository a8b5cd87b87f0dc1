package winback.prediction.models;

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
     * @return shape [n]; NaN for who never ordered, of whom the models know nothing
     */
    double[] predict(float[][] features, int days);

    /** As {@link #predict(float[][], int)} over {@link #horizonDays()}. */
    default double[] predict(float[][] features) {
        return predict(features, horizonDays());
    }

    /** What loads the same model again. */
    byte[] toBytes();

    @Override
    void close();
}
