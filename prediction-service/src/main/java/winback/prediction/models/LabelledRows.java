package winback.prediction.models;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import winback.prediction.purchases.PurchaseHistory;

/**
 * Samples at several cutoffs laid under each other, as boosting wants them.
 *
 * @param x shape [n][p]
 * @param periods shape [n][12·q], see {@link Sample#periods()}; empty when a sample has none
 * @param y labels, shape [n]
 * @param offset the first guess as a margin, shape [n]
 * @param group shape [n], equal for rows of one customer
 * @param newest the first row of the newest cutoff, which is last
 */
@SuppressWarnings("ArrayRecordComponent") // numeric matrices by design; compared nowhere
public record LabelledRows(float[][] x, float[][] periods, float[] y, float[] offset, int[] group, int newest) {

    /**
     * @param samples at least one, of one schema
     * @param labels of a sample, shape [n]
     * @param guess margin of a customer over a number of days
     */
    public static LabelledRows of(
            List<Sample> samples,
            Function<Sample, double[]> labels,
            ToDoubleBiFunction<PurchaseHistory, Integer> guess) {
        return ofGuesses(
                samples,
                labels,
                sample -> Arrays.stream(sample.histories())
                        .mapToDouble(customer -> guess.applyAsDouble(customer, sample.labelDays()))
                        .toArray());
    }

    /** @param guesses margins of a sample's customers, shape [n] */
    public static LabelledRows ofGuesses(
            List<Sample> samples, Function<Sample, double[]> labels, Function<Sample, double[]> guesses) {
        int n = samples.stream().mapToInt(Sample::size).sum();
        float[][] x = new float[n][];
        float[] y = new float[n];
        float[] offset = new float[n];
        int[] group = new int[n];
        Map<String, Integer> groups = new HashMap<>();
        int newest = 0;
        int row = 0;
        for (Sample sample : samples) {
            if (!sample.schema().equals(samples.getFirst().schema())) {
                throw new IllegalArgumentException("Samples of two schemas");
            }
            newest = row;
            double[] known = labels.apply(sample);
            double[] guessed = guesses.apply(sample);
            for (int i = 0; i < sample.size(); i++) {
                x[row] = sample.features()[i];
                y[row] = (float) known[i];
                offset[row] = (float) guessed[i];
                group[row] = groups.computeIfAbsent(sample.subscribers()[i], s -> groups.size());
                row++;
            }
        }
        float[][] periods = samples.stream().allMatch(sample -> sample.periods().length == sample.size())
                ? samples.stream()
                        .flatMap(sample -> Arrays.stream(sample.periods()))
                        .toArray(float[][]::new)
                : new float[0][];
        return new LabelledRows(withoutCalendar(x, samples), periods, y, offset, group, newest);
    }

    /**
     * Features that are the same for all customers of a cutoff, such as the season, could tell trees nothing but which
     * cutoff a row is of, and mislead them at the next one: they are taken out (NaN, on which nothing splits).
     */
    private static float[][] withoutCalendar(float[][] x, List<Sample> samples) {
        int p = samples.getFirst().schema().names().size();
        int[] calendar = IntStream.range(0, p)
                .filter(column -> samples.stream().noneMatch(sample -> Floats.varies(sample.features(), column)))
                .toArray();
        if (calendar.length == 0) {
            return x;
        }
        float[][] without = new float[x.length][];
        for (int i = 0; i < x.length; i++) {
            without[i] = x[i].clone();
            for (int column : calendar) {
                without[i][column] = Float.NaN;
            }
        }
        return without;
    }

    /** The places in {@code rows} that are of the newest cutoff. */
    public int[] newestOf(int[] rows) {
        return IntStream.range(0, rows.length).filter(k -> rows[k] >= newest).toArray();
    }

    /** Labels of these rows. */
    public double[] labels(int[] rows) {
        return Arrays.stream(rows).mapToDouble(i -> y[i]).toArray();
    }
}
