package winback.prediction.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import winback.prediction.SimulatedShop;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.churn.ChurnModel;
import winback.prediction.evaluation.PermutationImportance;
import winback.prediction.fixed.FixedChurn;
import winback.prediction.fixed.FixedValue;
import winback.prediction.metrics.Interval;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.purchases.BgNbd;
import winback.prediction.value.ValueModel;

/** Long computations say how far they are, and stop when they are interrupted there. */
class InterruptionTest {

    private static final ModelOptions OPTIONS =
            new ModelOptions(60, new BoostingOptions(20, 3, .15, 5, .7, .7, 1, 3, 7, 1));

    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 500, 600, 71);
    private final Sample train = shop.sample(450, 60);
    private final Sample newest = shop.sample(599, 0);

    private static List<Double> shares(Progress.Work<?, RuntimeException> work) {
        List<Double> shares = new ArrayList<>();
        Progress.heardBy((share, detail) -> shares.add(share), work);
        return shares;
    }

    private static void stopsWhereverItIsInterrupted(Progress.Work<?, RuntimeException> work) {
        List<Double> shares = shares(work);
        assertThat(shares).isSorted().hasSizeGreaterThanOrEqualTo(10).allMatch(share -> share >= 0 && share <= 1);
        for (int place = 0; place < shares.size(); place += 7) {
            List<Double> heard = new ArrayList<>();
            int last = place;
            assertThatThrownBy(() -> Progress.heardBy(
                            (share, detail) -> {
                                heard.add(share);
                                if (heard.size() > last) {
                                    Thread.currentThread().interrupt();
                                }
                            },
                            () -> {
                                work.call();
                                // After its last word, whatever comes next sees it.
                                Progress.stopIfInterrupted();
                                return 0;
                            }))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(heard).hasSize(place + 1);
        }
    }

    @Test
    void fittingOfChurnStops() {
        stopsWhereverItIsInterrupted(() -> {
            ChurnModel.fit(List.of(train), newest, OPTIONS).close();
            return 0;
        });
    }

    @Test
    void fittingOfValueStops() {
        stopsWhereverItIsInterrupted(() -> {
            ValueModel.fit(List.of(train), newest, OPTIONS).close();
            return 0;
        });
    }

    @Test
    void fittingOfTheMissionsChurnStops() {
        Random random = new Random(4);
        float[][] periods = new float[train.size()][12 * 2];
        for (float[] row : periods) {
            for (int j = 0; j < row.length; j++) {
                row[j] = random.nextInt(4);
            }
        }
        Sample sample = new Sample(
                train.schema(),
                train.cutoff(),
                train.labelDays(),
                train.subscribers(),
                train.features(),
                periods,
                train.histories(),
                train.labels());
        FixedChurn.Options small = new FixedChurn.Options(.4, 20, .1, List.of(4, 4, 4), false);
        stopsWhereverItIsInterrupted(() -> {
            FixedChurn.fit(List.of(sample), OPTIONS, small).close();
            return 0;
        });
    }

    @Test
    void fittingOfTheMissionsValueStops() {
        FixedValue.Options small = new FixedValue.Options(.7, 20, 3, List.of(4, 4), 0);
        stopsWhereverItIsInterrupted(() -> {
            FixedValue.fit(List.of(train), OPTIONS, small).close();
            return 0;
        });
    }

    @Test
    void measuringImportanceStops() {
        try (ChurnModel model = ChurnModel.fit(List.of(train), newest, OPTIONS)) {
            stopsWhereverItIsInterrupted(() -> PermutationImportance.of(model, train));
        }
    }

    @Test
    void whatSaysNothingStopsToo() {
        stopsSilently(() -> BgNbd.fit(newest.customers()));
        stopsSilently(() -> Interval.bootstrap(10, 10, new SplittableRandom(1), rows -> 1));
    }

    private static void stopsSilently(Progress.Work<?, RuntimeException> work) {
        Thread.currentThread().interrupt();
        assertThatThrownBy(work::call).isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
