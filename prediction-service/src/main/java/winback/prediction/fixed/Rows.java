package winback.prediction.fixed;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import winback.prediction.models.LabelledRows;
import winback.prediction.models.Sample;

/** What the ensembles learn from: rows at several cutoffs, the newest {@value #MOST} of them. */
@SuppressWarnings("ArrayRecordComponent") // numeric matrices by design; compared nowhere
record Rows(float[][] x, float[][] periods, float[] y, int[] group) {

    /** More would cost time and teach little. */
    private static final int MOST = 60_000;

    static Rows of(List<Sample> labelled, Function<Sample, double[]> labels) {
        LabelledRows all = LabelledRows.ofGuesses(labelled, labels, sample -> new double[sample.size()]);
        int n = all.x().length;
        int from = Math.max(0, n - MOST);
        return new Rows(
                Arrays.copyOfRange(all.x(), from, n),
                all.periods().length == n ? Arrays.copyOfRange(all.periods(), from, n) : all.periods(),
                Arrays.copyOfRange(all.y(), from, n),
                Arrays.copyOfRange(all.group(), from, n));
    }
}
