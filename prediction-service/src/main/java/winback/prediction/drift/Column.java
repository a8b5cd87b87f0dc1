package winback.prediction.drift;

import java.util.Arrays;

/**
 * How a feature, or the score, was distributed in the rows that a model was fitted on.
 *
 * @param bins made of the newest of these rows
 * @param counts rows in each bin, shape [bins]
 * @param usual by how much it had moved, as an index of the newest rows against those of earlier cutoffs, less what
 *     chance does; shape [w], see {@link Reference#days()}
 */
@SuppressWarnings("ArrayRecordComponent") // numeric vectors by design; compared nowhere
record Column(Bins bins, int[] counts, float[] usual) {

    private static final int MOST_BEYOND = 3;

    /**
     * @param newest values as last known, shape [n]; not finite means unknown
     * @param earlier the same at earlier cutoffs, shape [w][any]
     */
    static Column of(float[] newest, float[][] earlier) {
        Bins bins = Bins.of(newest);
        int[] counts = count(bins, newest);
        float[] usual = new float[earlier.length];
        for (int w = 0; w < earlier.length; w++) {
            int[] then = count(bins, earlier[w]);
            usual[w] = earlier[w].length == 0 || newest.length == 0
                    ? 0
                    : (float) Math.max(0, Stability.psi(counts, then) - Stability.expected(counts, then));
        }
        return new Column(bins, counts, usual);
    }

    private static int[] count(Bins bins, float[] values) {
        int[] counts = new int[bins.size()];
        for (float value : values) {
            counts[bins.of(value)]++;
        }
        return counts;
    }

    int[] count(float[] values) {
        return count(bins, values);
    }

    /** Whether it was not the same for everyone: else it cannot have taught the model anything. */
    boolean varied() {
        return Arrays.stream(counts).filter(count -> count > 0).count() > 1;
    }

    /**
     * What time alone moves it by: time since an event grows, a season goes by, and the model was fitted on rows of several
     * cutoffs between which that happened too. What it learned from it need not be warned of. Not less for a shorter time
     * than lies between two of the cutoffs, since the index of a column that moves steadily soon grows no more; beyond the
     * earliest of them in proportion, up to {@value #MOST_BEYOND} times: what is older is to be warned of.
     *
     * @param days of {@link #usual}, rising, shape [w]
     * @param elapsed days since the newest rows
     * @return ≥ 0; 0 when no earlier rows are known
     */
    double usual(double[] days, double elapsed) {
        double moved = 0;
        for (int w = 0; w < usual.length; w++) {
            moved = Math.max(moved, usual[w]);
            if (elapsed <= days[w]) {
                return moved;
            }
        }
        return usual.length == 0 ? 0 : moved * Math.min(MOST_BEYOND, elapsed / days[usual.length - 1]);
    }
}
