package winback.prediction.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import winback.prediction.metrics.ChurnMetrics;
import winback.prediction.metrics.Interval;

/** What was predicted of customers beside what became of them, and what chance would have made of right predictions. */
final class Calibration {

    /** More customers make the ranges no narrower that anybody could act on. */
    private static final int MOST_ROWS = 20_000;

    private static final int DRAWS = 400;
    private static final long SEED = 20_033;

    private Calibration() {}

    /**
     * Of a probability. Ranges are the middle 95 % over {@value #DRAWS} draws of outcomes from the predictions
     * themselves: what the figures would be if every probability were right [1].
     *
     * <p>[1] J. Bröcker, L. A. Smith (2007), Increasing the Reliability of Reliability Diagrams, Weather and
     * Forecasting 22: consistency resampling, here without resampling the predictions.
     *
     * @param customers looked at
     * @param predicted mean probability
     * @param observed share to whom it happened
     * @param brier mean squared error
     * @param ece expected calibration error over ten bins of equal width
     * @param outside the figures out of their ranges: {@code observed}, {@code brier}, {@code ece}
     */
    record Probabilities(
            int customers,
            double predicted,
            double observed,
            Interval observedRange,
            double brier,
            Interval brierRange,
            double ece,
            Interval eceRange,
            List<String> outside) {}

    /**
     * @param probability shape [n], n ≥ 1, in [0, 1]
     * @param outcome shape [n], 1 where it happened, else 0
     */
    static Probabilities ofProbabilities(double[] probability, double[] outcome) {
        double[] p = some(probability);
        double[] y = some(outcome);
        SplittableRandom random = new SplittableRandom(SEED);
        double[] observed = new double[DRAWS];
        double[] brier = new double[DRAWS];
        double[] ece = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            double[] drawn = Arrays.stream(p)
                    .map(chance -> random.nextDouble() < chance ? 1 : 0)
                    .toArray();
            ChurnMetrics metrics = ChurnMetrics.of(p, drawn);
            observed[draw] = mean(drawn);
            brier[draw] = metrics.brier();
            ece[draw] = metrics.ece();
        }
        ChurnMetrics metrics = ChurnMetrics.of(p, y);
        Interval observedRange = Interval.of(observed);
        Interval brierRange = Interval.of(brier);
        Interval eceRange = Interval.of(ece);
        List<String> outside = new ArrayList<>();
        if (isOutside(mean(y), observedRange)) {
            outside.add("observed");
        }
        if (isOutside(metrics.brier(), brierRange)) {
            outside.add("brier");
        }
        // A smaller error than chance makes is no fault.
        if (metrics.ece() > eceRange.upper()) {
            outside.add("ece");
        }
        return new Probabilities(
                p.length,
                mean(p),
                mean(y),
                observedRange,
                metrics.brier(),
                brierRange,
                metrics.ece(),
                eceRange,
                List.copyOf(outside));
    }

    /**
     * Of an amount. No model says how amounts scatter around what it expects, so the range is the bootstrap's of the
     * customers, moved to where the ratio were 1.
     *
     * @param customers looked at
     * @param predicted total, in the deployment's currency, &gt; 0
     * @param observed total
     * @param ratio predicted ÷ observed; absent when nothing came
     * @param range in which chance leaves the ratio of right predictions in 95 of 100 cases; absent when nothing came
     * @param outside {@code ratio} when it is out of its range, else empty
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Totals(
            int customers,
            double predicted,
            double observed,
            @Nullable Double ratio,
            @Nullable Interval range,
            List<String> outside) {}

    /**
     * @param expected shape [n], n ≥ 1, ≥ 0, not all 0
     * @param amount shape [n], ≥ 0
     */
    static Totals ofAmounts(double[] expected, double[] amount) {
        double[] e = some(expected);
        double[] a = some(amount);
        double predicted = Arrays.stream(e).sum();
        double observed = Arrays.stream(a).sum();
        if (observed == 0) {
            return new Totals(e.length, predicted, observed, null, null, List.of("ratio"));
        }
        double ratio = predicted / observed;
        Interval around = Interval.bootstrap(e.length, DRAWS, new SplittableRandom(SEED), rows -> {
            double sumExpected = 0;
            double sumAmount = 0;
            for (int row : rows) {
                sumExpected += e[row];
                sumAmount += a[row];
            }
            return sumExpected / sumAmount;
        });
        Interval range = new Interval(around.lower() / ratio, around.upper() / ratio);
        return new Totals(
                e.length, predicted, observed, ratio, range, isOutside(ratio, range) ? List.of("ratio") : List.of());
    }

    private static boolean isOutside(double value, Interval range) {
        return value < range.lower() || value > range.upper();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }

    /** Every so many rows. */
    private static double[] some(double[] all) {
        int step = Math.max(1, (all.length + MOST_ROWS - 1) / MOST_ROWS);
        double[] some = new double[(all.length + step - 1) / step];
        for (int i = 0; i < some.length; i++) {
            some[i] = all[i * step];
        }
        return some;
    }
}
