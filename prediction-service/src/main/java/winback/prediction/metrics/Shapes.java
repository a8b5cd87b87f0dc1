package winback.prediction.metrics;

import java.util.stream.IntStream;

/** Checks and picks on parallel arrays. */
final class Shapes {

    private Shapes() {}

    /** Their common length, ≥ 1. */
    static int same(double[] predicted, double[] actual) {
        if (predicted.length != actual.length || predicted.length == 0) {
            throw new IllegalArgumentException("Expected as many predictions as outcomes, at least 1: %d and %d"
                    .formatted(predicted.length, actual.length));
        }
        return predicted.length;
    }

    static double[] pick(double[] values, int[] rows) {
        double[] picked = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            picked[i] = values[rows[i]];
        }
        return picked;
    }

    /** The rows by ascending value; of equal ones the first comes first. */
    static int[] order(double[] values) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted((i, j) -> Double.compare(values[i], values[j]))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
