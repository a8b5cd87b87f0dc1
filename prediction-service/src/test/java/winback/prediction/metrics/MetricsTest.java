package winback.prediction.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MetricsTest {

    @Property(tries = 200)
    void aPerfectPredictionHasGiniOneAndAReversedOneMinusOne(
            @ForAll @Size(min = 2, max = 50) List<@IntRange(max = 1000) Integer> spend) {
        double[] actual = spend.stream().mapToDouble(Integer::doubleValue).toArray();
        Assume.that(Arrays.stream(actual).distinct().count() > 1);

        assertThat(ValueMetrics.gini(actual, actual)).isEqualTo(1);
        assertThat(ValueMetrics.gini(Arrays.stream(actual).map(v -> -v).toArray(), actual))
                .isCloseTo(-1, within(1e-9));
    }

    @Property(tries = 200)
    void giniAndAucAskForTheOrderAlone(
            @ForAll @Size(min = 4, max = 50) List<@IntRange(min = -50, max = 50) Integer> tenths) {
        double[] scores = tenths.stream().mapToDouble(tenth -> tenth / 10.).toArray();
        double[] actual =
                new Random(1).ints(scores.length, 0, 2).asDoubleStream().toArray();
        Assume.that(Arrays.stream(actual).distinct().count() > 1);
        double[] stretched = Arrays.stream(scores).map(v -> Math.exp(v) + 3).toArray();

        assertThat(ValueMetrics.gini(stretched, actual)).isCloseTo(ValueMetrics.gini(scores, actual), within(1e-9));
        assertThat(ChurnMetrics.auc(stretched, actual)).isCloseTo(ChurnMetrics.auc(scores, actual), within(1e-9));
    }

    @Test
    void countsOutcomesByHand() {
        double[] probability = {.9, .8, .6, .4, .3, .1};
        double[] outcome = {1, 1, 0, 1, 0, 0};

        ChurnMetrics metrics = ChurnMetrics.of(probability, outcome);

        // Pairs of a positive and a negative: 9, of which (.4, .6) alone is in the wrong order.
        assertThat(metrics.auc()).isCloseTo(8 / 9., within(1e-12));
        assertThat(metrics.accuracy()).isCloseTo(4 / 6., within(1e-12));
        assertThat(metrics.precision()).isCloseTo(2 / 3., within(1e-12));
        assertThat(metrics.recall()).isCloseTo(2 / 3., within(1e-12));
        assertThat(metrics.f1()).isCloseTo(2 / 3., within(1e-12));
        assertThat(metrics.brier()).isCloseTo((.01 + .04 + .36 + .36 + .09 + .01) / 6, within(1e-12));
        assertThat(metrics.ece()).isCloseTo((.1 + .2 + .6 + .6 + .3 + .1) / 6, within(1e-12));
    }

    @Test
    void measuresSpendByHand() {
        double[] predicted = {0, 10, 20, 30};
        double[] actual = {0, 0, 40, 20};

        ValueMetrics metrics = ValueMetrics.of(predicted, actual);

        assertThat(metrics.mae()).isEqualTo((0 + 10 + 20 + 10) / 4.);
        assertThat(metrics.rmse()).isCloseTo(Math.sqrt((100 + 400 + 100) / 4.), within(1e-12));
        assertThat(metrics.ratio()).isEqualTo(1);
        // Ranks −1.5, −.5, .5, 1.5: (.5·40 + 1.5·20) ÷ (.5·20 + 1.5·40)
        assertThat(metrics.gini()).isCloseTo(50 / 70., within(1e-12));
        assertThat(metrics.spearman()).isCloseTo(.7378, within(1e-4));
    }

    @Test
    void aConstantPredictionOrdersNobody() {
        double[] constant = {7, 7, 7, 7};
        double[] actual = {0, 1, 0, 1};

        assertThat(ValueMetrics.gini(constant, actual)).isZero();
        assertThat(ChurnMetrics.auc(constant, actual)).isEqualTo(.5);
        assertThat(ValueMetrics.of(constant, actual).toMap()).doesNotContainKey("spearman");
    }

    @Test
    void intervalsHoldTheValueAndAreTheSameEachTime() {
        Random random = new Random(2);
        double[] actual = random.doubles(400).map(u -> -Math.log(u)).toArray();
        double[] predicted =
                Arrays.stream(actual).map(v -> v + random.nextGaussian()).toArray();

        Interval interval = ValueMetrics.giniInterval(predicted, actual, 200, 3);

        assertThat(ValueMetrics.gini(predicted, actual)).isBetween(interval.lower(), interval.upper());
        assertThat(interval.upper() - interval.lower()).isBetween(.01, .3);
        assertThat(ValueMetrics.giniInterval(predicted, actual, 200, 3)).isEqualTo(interval);
    }

    @Test
    void refusesUnequalLengths() {
        assertThatIllegalArgumentException().isThrownBy(() -> ChurnMetrics.auc(new double[2], new double[3]));
        assertThatIllegalArgumentException().isThrownBy(() -> ValueMetrics.of(new double[0], new double[0]));
    }
}
