package winback.prediction.intervals;

/** From and to, both within. */
public record Range(double lower, double upper) {

    /** What intervals are meant to cover. */
    public static final double NOMINAL = .8;

    /** Where nothing can be said: both ends NaN. */
    public static final Range UNKNOWN = new Range(Double.NaN, Double.NaN);

    public boolean holds(double value) {
        return value >= lower && value <= upper;
    }

    public Range times(double factor) {
        return new Range(lower * factor, upper * factor);
    }

    public double width() {
        return upper - lower;
    }
}
