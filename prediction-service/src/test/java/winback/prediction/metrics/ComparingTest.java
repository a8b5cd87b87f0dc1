package winback.prediction.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import winback.prediction.metrics.PairedBootstrap.Difference;
import winback.prediction.metrics.PairedBootstrap.Measure;

/** Methods side by side: paired differences, tenths, curves. */
class ComparingTest {

    private final Random random = new Random(8);

    /** A resample given as counts is measured as the same rows written out are. */
    @Property(tries = 200)
    void countsMeasureWhatTheRowsThemselvesDo(
            @ForAll @Size(min = 4, max = 30) List<@IntRange(min = 0, max = 9) Integer> tenths, @ForAll long seed) {
        int n = tenths.size();
        Random drawn = new Random(seed);
        double[] score = tenths.stream().mapToDouble(tenth -> tenth / 10.).toArray();
        double[] outcome = drawn.ints(n, 0, 2).asDoubleStream().toArray();
        double[] spend = drawn.ints(n, 0, 4).asDoubleStream().toArray();
        int[] rows = drawn.ints(n, 0, n).toArray();
        int[] times = new int[n];
        Arrays.stream(rows).forEach(row -> times[row]++);
        double[] s = Shapes.pick(score, rows);
        double[] y = Shapes.pick(outcome, rows);
        double[] money = Shapes.pick(spend, rows);
        Assume.that(Arrays.stream(y).distinct().count() == 2
                && Arrays.stream(money).distinct().count() > 1);

        assertThat(PairedBootstrap.auc(score, outcome).of(times)).isCloseTo(ChurnMetrics.auc(s, y), within(1e-12));
        assertThat(PairedBootstrap.brier(score, outcome).of(times))
                .isCloseTo(ChurnMetrics.of(s, y).brier(), within(1e-12));
        assertThat(PairedBootstrap.gini(score, spend).of(times)).isCloseTo(ValueMetrics.gini(s, money), within(1e-9));
        assertThat(PairedBootstrap.rmse(score, spend).of(times))
                .isCloseTo(ValueMetrics.of(s, money).rmse(), within(1e-12));
    }

    @Test
    void aDifferenceHasTheErrorThatTheoryGivesItAndNoneToItself() {
        int n = 4_000;
        double[] outcome = random.doubles(n).map(u -> u < .3 ? 1 : 0).toArray();
        double[] good = Arrays.stream(outcome).map(y -> .3 + .2 * (y - .3)).toArray();
        double[] constant = new double[n];
        Arrays.fill(constant, .3);
        Measure reference = PairedBootstrap.brier(constant, outcome);

        List<Difference> found = PairedBootstrap.differences(
                n, List.of(PairedBootstrap.brier(good, outcome), reference), reference, 1_000, 5);

        double[] gained = IntStream.range(0, n)
                .mapToDouble(i -> Math.pow(good[i] - outcome[i], 2) - Math.pow(.3 - outcome[i], 2))
                .toArray();
        double mean = Arrays.stream(gained).average().orElseThrow();
        double variance =
                Arrays.stream(gained).map(g -> (g - mean) * (g - mean)).sum() / (n - 1);
        assertThat(found.getFirst().difference()).isCloseTo(mean, within(1e-12));
        assertThat(found.getFirst().standardError())
                .isCloseTo(Math.sqrt(variance / n), within(.1 * Math.sqrt(variance / n)));
        assertThat(found.getLast()).isEqualTo(new Difference(0, 0));
    }

    @Test
    void tenthsOfRightProbabilitiesHoldThemInNearlyAllIntervals() {
        double[] probability = random.doubles(20_000).toArray();
        double[] outcome = Arrays.stream(probability)
                .map(p -> random.nextDouble() < p ? 1 : 0)
                .toArray();

        List<Tenth> tenths = Tenth.ofProbabilities(probability, outcome);

        assertThat(tenths).hasSize(10).allMatch(tenth -> tenth.n() == 2_000);
        assertThat(tenths)
                .filteredOn(tenth -> tenth.predicted() < tenth.lower() || tenth.predicted() > tenth.upper())
                .hasSizeLessThan(3);
        double[] wrong =
                Arrays.stream(probability).map(p -> Math.min(1, p + .1)).toArray();
        assertThat(Tenth.ofProbabilities(wrong, outcome))
                .filteredOn(tenth -> tenth.predicted() > tenth.upper())
                .hasSizeGreaterThan(7);
    }

    @Test
    void customersOfEqualPredictionsAreNotParted() {
        double[] probability = {.2, .2, .2, .2, .2, .2, .2, .2, .2, .7, .7, .9};
        double[] outcome = {0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1};

        assertThat(Tenth.ofProbabilities(probability, outcome))
                .extracting(Tenth::n)
                .containsExactly(9, 2, 1);
        double[] spend = Arrays.stream(outcome).map(y -> 10 * y).toArray();
        List<Tenth> tenths = Tenth.ofSpend(probability, spend, 200, 3);
        assertThat(tenths).extracting(Tenth::n).containsExactly(9, 2, 1);
        assertThat(tenths.getFirst().observed()).isCloseTo(20 / 9., within(1e-12));
        assertThat(tenths.getFirst().lower()).isLessThan(tenths.getFirst().observed());
        assertThat(tenths.getFirst().upper()).isGreaterThan(tenths.getFirst().observed());
    }

    @Test
    void curvesEncloseTheAreasThatTheMetricsSay() {
        int n = 3_000;
        double[] outcome = random.doubles(n).map(u -> u < .2 ? 1 : 0).toArray();
        double[] score = Arrays.stream(outcome)
                .map(y -> Math.round(4 * (y + random.nextGaussian())) / 4.)
                .toArray();

        List<double[]> roc = Curves.roc(score, outcome);

        assertThat(roc).hasSizeLessThan(202);
        assertThat(roc.getFirst()).containsExactly(0, 0);
        assertThat(roc.getLast()).containsExactly(1, 1);
        assertThat(area(roc)).isCloseTo(ChurnMetrics.auc(score, outcome), within(.003));
        double[] spend =
                Arrays.stream(outcome).map(y -> y * (1 + random.nextInt(50))).toArray();
        assertThat((area(Curves.gain(score, spend)) - .5) / (area(Curves.gain(spend, spend)) - .5))
                .isCloseTo(ValueMetrics.gini(score, spend), within(.01));
        assertThat(area(Curves.roc(new double[n], outcome))).as("equal scores").isEqualTo(.5);
        assertThat(Curves.roc(score, new double[n])).isEmpty();
    }

    private static double area(List<double[]> points) {
        double area = 0;
        for (int i = 1; i < points.size(); i++) {
            double[] from = points.get(i - 1);
            double[] to = points.get(i);
            area += (to[0] - from[0]) * (to[1] + from[1]) / 2;
        }
        return area;
    }
}
