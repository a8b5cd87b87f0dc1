package winback.prediction.intervals;

import java.util.Arrays;
import java.util.stream.IntStream;
import winback.prediction.metrics.Interval;

/**
 * Where the true share of those lies who were given a probability: Wilson's interval of the share observed among
 * held-out customers of similar probabilities, carried over to the probability at hand, which it always holds.
 *
 * <p>E. B. Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference.
 *
 * @param edges between the bins, by probability, ascending, shape [bins − 1]
 * @param below how far the interval reaches below a probability, shape [bins], ≥ 0
 * @param above how far above, shape [bins], ≥ 0
 */
@SuppressWarnings("ArrayRecordComponent") // numeric vectors by design; compared nowhere
public record ProbabilityRange(double[] edges, double[] below, double[] above) {

    private static final int LEAST_A_BIN = 100;
    private static final int MOST_BINS = 10;
    private static final int LEAST = 50;

    /** Of the normal distribution, for {@link Range#NOMINAL} in the middle. */
    private static final double Z = 1.2816;

    /** Says nothing of any probability. */
    public static final ProbabilityRange UNKNOWN = new ProbabilityRange(new double[0], new double[0], new double[0]);

    /**
     * @param probability shape [n], of customers that nobody had learned from
     * @param outcome shape [n], 0 or 1
     */
    public static ProbabilityRange fit(double[] probability, double[] outcome) {
        int n = probability.length;
        if (n < LEAST) {
            return UNKNOWN;
        }
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted((i, j) -> Double.compare(probability[i], probability[j]))
                .mapToInt(Integer::intValue)
                .toArray();
        int bins = Math.clamp(n / LEAST_A_BIN, 1, MOST_BINS);
        double[] edges = new double[bins - 1];
        double[] below = new double[bins];
        double[] above = new double[bins];
        for (int bin = 0; bin < bins; bin++) {
            int from = bin * n / bins;
            int to = (bin + 1) * n / bins;
            double size = to - from;
            double mean = 0;
            double share = 0;
            for (int k = from; k < to; k++) {
                mean += probability[order[k]] / size;
                share += outcome[order[k]] / size;
            }
            Interval wilson = Interval.wilson(share, size, Z);
            below[bin] = Math.max(0, mean - wilson.lower());
            above[bin] = Math.max(0, wilson.upper() - mean);
            if (bin > 0) {
                edges[bin - 1] = (probability[order[from - 1]] + probability[order[from]]) / 2;
            }
        }
        return new ProbabilityRange(edges, below, above);
    }

    /** Within [0, 1]; both ends NaN when nothing is known. */
    public Range of(double probability) {
        if (below.length == 0 || Double.isNaN(probability)) {
            return Range.UNKNOWN;
        }
        int found = Arrays.binarySearch(edges, probability);
        int bin = found < 0 ? -found - 1 : found + 1;
        return new Range(Math.max(0, probability - below[bin]), Math.min(1, probability + above[bin]));
    }
}
