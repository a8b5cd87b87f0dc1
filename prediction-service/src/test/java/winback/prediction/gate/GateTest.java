package winback.prediction.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import winback.prediction.models.ModelName;

/** The gate on customers who are drawn from a known law, 100 times each. */
class GateTest {

    private static final int TRIALS = 100;

    /** How far a fitted model is from the law, in logits or in logs of an expectation. */
    private static final double FIT = .1;

    /** Engagement is judged as churn is. */
    private static final List<ModelName> NAMES = List.of(ModelName.CHURN, ModelName.VALUE);

    /** Customers, what they did, and margins (logits, logs of the expectation) of the law that they did it by. */
    @SuppressWarnings("ArrayRecordComponent") // numeric vectors by design; compared nowhere
    private record World(ModelName name, double[] margins, double[] outcomes, Random random) {

        static World of(ModelName name, int n, long seed) {
            Random random = new Random(seed);
            double[] margins = new double[n];
            double[] outcomes = new double[n];
            for (int i = 0; i < n; i++) {
                margins[i] = switch (name) {
                    case CHURN, ENGAGEMENT -> 1 + 1.4 * random.nextGaussian();
                    case VALUE -> 3 + 1.2 * random.nextGaussian();
                };
                outcomes[i] = switch (name) {
                    case CHURN, ENGAGEMENT -> random.nextDouble() < 1 / (1 + Math.exp(-margins[i])) ? 1 : 0;
                    // Orders of 40 on average, exponentially, in Poisson number.
                    case VALUE -> spend(random, Math.exp(margins[i]) / 40);
                };
            }
            return new World(name, margins, outcomes, random);
        }

        private static double spend(Random random, double orders) {
            double spend = 0;
            for (double at = -Math.log(1 - random.nextDouble()); at < orders; at -= Math.log(1 - random.nextDouble())) {
                spend -= 40 * Math.log(1 - random.nextDouble());
            }
            return spend;
        }

        double[] predictions(BiFunction<Double, Random, Double> fitted) {
            return Arrays.stream(margins)
                    .map(margin -> {
                        double said = fitted.apply(margin, random);
                        return name.isProbability() ? 1 / (1 + Math.exp(-said)) : Math.exp(said);
                    })
                    .toArray();
        }

        /** As a model is that learned from enough rows. */
        double[] fitted() {
            return predictions((margin, r) -> margin + FIT * r.nextGaussian());
        }

        double[] shuffled(double[] predictions) {
            double[] shuffled = predictions.clone();
            for (int i = shuffled.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                double other = shuffled[j];
                shuffled[j] = shuffled[i];
                shuffled[i] = other;
            }
            return shuffled;
        }

        Gate.Comparison challengedBy(double[] challenger, double[] live) {
            return Gate.replace(name, challenger, live, outcomes, "live");
        }
    }

    private interface Trial {
        Gate.Comparison of(World world);
    }

    private static long passing(ModelName name, int n, Trial trial) {
        long passing = 0;
        for (int seed = 0; seed < TRIALS; seed++) {
            passing += trial.of(World.of(name, n, 1_000 + seed)).passes() ? 1 : 0;
        }
        return passing;
    }

    @Test
    void whoLearnedFromShuffledLabelsIsNeverPromoted() {
        for (ModelName name : NAMES) {
            for (int n : new int[] {150, 1_500}) {
                // What is left to learn is the base rate.
                assertThat(passing(name, n, world -> {
                            double mean =
                                    Arrays.stream(world.outcomes()).average().orElseThrow();
                            double[] constant = new double[n];
                            Arrays.fill(constant, mean);
                            return world.challengedBy(constant, world.fitted());
                        }))
                        .as("%s, %d customers", name, n)
                        .isZero();
                assertThat(passing(
                                name, n, world -> world.challengedBy(world.shuffled(world.fitted()), world.fitted())))
                        .as("%s, %d customers, permuted", name, n)
                        .isZero();
            }
        }
    }

    @Test
    void whoSaysTheSameWithNoiseIsNeverPromoted() {
        for (ModelName name : NAMES) {
            assertThat(passing(name, 1_500, world -> {
                        double[] noisy = world.predictions((margin, r) -> margin + .7 * r.nextGaussian());
                        return world.challengedBy(noisy, world.fitted());
                    }))
                    .as("%s", name)
                    .isZero();
        }
    }

    @Test
    void whoIsShiftedIsNeverPromoted() {
        for (ModelName name : NAMES) {
            for (double shift : new double[] {-.5, .5}) {
                assertThat(passing(name, 1_500, world -> {
                            double[] shifted =
                                    world.predictions((margin, r) -> margin + shift + FIT * r.nextGaussian());
                            return world.challengedBy(shifted, world.fitted());
                        }))
                        .as("%s by %s", name, shift)
                        .isZero();
            }
        }
    }

    @Test
    void equallyGoodOnesMostlyAre() {
        for (ModelName name : NAMES) {
            assertThat(passing(name, 1_500, world -> world.challengedBy(world.fitted(), world.fitted())))
                    .as("%s", name)
                    .isGreaterThan(90);
        }
    }

    @Test
    void betterOnesAre() {
        for (ModelName name : NAMES) {
            assertThat(passing(
                            name,
                            1_500,
                            world -> world.challengedBy(
                                    world.fitted(), world.predictions((margin, r) -> margin + .7 * r.nextGaussian()))))
                    .as("%s", name)
                    .isGreaterThan(95);
        }
    }

    @Test
    void theSamePredictionsPassHoweverFewCustomersThereAre() {
        for (ModelName name : NAMES) {
            assertThat(passing(name, 60, world -> {
                        double[] same = world.fitted();
                        return world.challengedBy(same.clone(), same);
                    }))
                    .as("%s", name)
                    .isEqualTo(TRIALS);
        }
    }

    @Test
    void whatItSaysOfSpendDoesNotDependOnTheCurrency() {
        World world = World.of(ModelName.VALUE, 1_500, 7);
        double[] challenger = world.fitted();
        double[] live = world.fitted();
        Gate.Comparison inEuro = Gate.replace(ModelName.VALUE, challenger, live, world.outcomes(), "live");
        Gate.Comparison inYen = Gate.replace(
                ModelName.VALUE, times(160, challenger), times(160, live), times(160, world.outcomes()), "live");

        assertThat(inYen.sentence()).isEqualTo(inEuro.sentence());
    }

    private static double[] times(double factor, double[] values) {
        return Arrays.stream(values).map(value -> factor * value).toArray();
    }

    @Test
    void saysTheDifferenceItsIntervalAndTheCalibration() {
        World world = World.of(ModelName.CHURN, 1_500, 7);
        Gate.Comparison worse =
                world.challengedBy(world.predictions((margin, r) -> margin + r.nextGaussian()), world.fitted());

        assertThat(worse.sentence())
                .matches("On the back-test of 1500 customers its log loss was 0\\.\\d{4}, that of live 0\\.\\d{4}: a"
                        + " difference of 0\\.\\d{4}, 95 % interval 0\\.\\d{4} to 0\\.\\d{4}, up to 0\\.\\d{4}"
                        + " tolerated; its expected calibration error was 0\\.\\d{4}, that of live 0\\.\\d{4}\\. It is"
                        + " worse, beyond noise\\.");
        assertThat(worse.difference()).isBetween(worse.lower(), worse.upper());
        assertThat(worse.challenger() - worse.other()).isEqualTo(worse.difference());
    }

    @Test
    void theFirstModelHasToBeatTheBaseRate() {
        World world = World.of(ModelName.CHURN, 300, 8);
        double[] constant = new double[300];
        Arrays.fill(constant, Arrays.stream(world.outcomes()).average().orElseThrow());

        assertThat(Gate.first(ModelName.CHURN, world.fitted(), constant, world.outcomes())
                        .passes())
                .isTrue();
        assertThat(Gate.first(ModelName.CHURN, world.shuffled(world.fitted()), constant, world.outcomes())
                        .passes())
                .isFalse();
    }

    @Test
    void whoHasNoPredictionForSomebodyFails() {
        World world = World.of(ModelName.VALUE, 300, 8);
        double[] holed = world.fitted();
        double[] live = holed.clone();
        holed[17] = Double.NaN;

        assertThat(world.challengedBy(holed, live).passes()).isFalse();
        assertThatThrownBy(() -> Gate.replace(ModelName.VALUE, new double[3], live, world.outcomes(), "live"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
