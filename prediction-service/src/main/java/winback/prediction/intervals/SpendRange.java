package winback.prediction.intervals;

import java.util.Arrays;
import java.util.stream.IntStream;
import winback.prediction.metrics.Interval;

/**
 * Where spend will lie, given its prediction: central quantiles of outcome ÷ prediction among held-out customers of
 * similar predictions, at the level at which {@link Range#NOMINAL} of all held-out customers are covered. Spend has a
 * mass at 0, so most intervals of small predictions begin at 0 and end at the prediction, and fewer than 1 − nominal may be
 * missed however narrow the others are: {@link #coverage()} says what came out.
 *
 * <p>V. Vovk, D. Lindsay, I. Nouretdinov, A. Gammerman (2003), Mondrian Confidence Machine (a quantile for each bin of
 * predictions); Y. Romano, E. Patterson, E. Candès (2019), Conformalized Quantile Regression (one level for all).
 *
 * @param edges between the bins, by prediction, ascending, shape [bins − 1]
 * @param ratios quantiles of outcome ÷ prediction at levels 0, 1/{@value #LEVELS}, …, 1; shape [bins][LEVELS + 1]
 * @param tail the level of the lower end; the upper end's is 1 − tail
 * @param coverage share of the held-out customers within their intervals
 */
@SuppressWarnings("ArrayRecordComponent") // numeric vectors by design; compared nowhere
public record SpendRange(double[] edges, double[][] ratios, double tail, double coverage) {

    private static final int LEVELS = 200;
    private static final int LEAST_A_BIN = 100;
    private static final int MOST_BINS = 20;

    /** Below this, fewer customers are held out than say anything. */
    private static final int LEAST = 50;

    /** Predictions below this say the same: nothing. */
    private static final double SMALLEST = 1e-9;

    /** Says nothing of any prediction. */
    public static final SpendRange UNKNOWN = new SpendRange(new double[0], new double[0][], Double.NaN, Double.NaN);

    /**
     * @param predicted shape [n], ≥ 0, of customers that nobody had learned from
     * @param outcome shape [n], ≥ 0
     */
    public static SpendRange fit(double[] predicted, double[] outcome) {
        int n = predicted.length;
        if (n < LEAST) {
            return UNKNOWN;
        }
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted((i, j) -> Double.compare(predicted[i], predicted[j]))
                .mapToInt(Integer::intValue)
                .toArray();
        int bins = Math.clamp(n / LEAST_A_BIN, 1, MOST_BINS);
        double[] edges = new double[bins - 1];
        double[][] ratios = new double[bins][LEVELS + 1];
        for (int bin = 0; bin < bins; bin++) {
            int from = bin * n / bins;
            int to = (bin + 1) * n / bins;
            double[] sorted = IntStream.range(from, to)
                    .mapToDouble(k -> outcome[order[k]] / Math.max(SMALLEST, predicted[order[k]]))
                    .sorted()
                    .toArray();
            for (int level = 0; level <= LEVELS; level++) {
                ratios[bin][level] = Interval.quantile(sorted, (double) level / LEVELS);
            }
            if (bin > 0) {
                edges[bin - 1] = (predicted[order[from - 1]] + predicted[order[from]]) / 2;
            }
        }
        SpendRange best = UNKNOWN;
        for (int level = 1; level < LEVELS / 2; level++) {
            SpendRange range = new SpendRange(edges, ratios, (double) level / LEVELS, Double.NaN);
            double coverage = IntStream.range(0, n)
                            .filter(i -> range.of(predicted[i]).holds(outcome[i]))
                            .count()
                    / (double) n;
            if (best == UNKNOWN || Math.abs(coverage - Range.NOMINAL) < Math.abs(best.coverage - Range.NOMINAL)) {
                best = new SpendRange(edges, ratios, range.tail, coverage);
            }
        }
        return best;
    }

    /** Both ends NaN when nothing is known. */
    public Range of(double prediction) {
        if (ratios.length == 0 || Double.isNaN(prediction)) {
            return Range.UNKNOWN;
        }
        int bin = Arrays.binarySearch(edges, prediction);
        double[] ofBin = ratios[bin < 0 ? -bin - 1 : bin + 1];
        int level = (int) Math.round(tail * LEVELS);
        double scale = Math.max(SMALLEST, prediction);
        // A hair wider, since outcome ÷ prediction × prediction is not quite the outcome.
        // And never without the prediction, a mean: where most spend nothing it lies above the middle of what is spent.
        return new Range(
                Math.min(prediction, scale * ofBin[level] * (1 - 1e-9)),
                Math.max(prediction, scale * ofBin[LEVELS - level] * (1 + 1e-9)));
    }
}
