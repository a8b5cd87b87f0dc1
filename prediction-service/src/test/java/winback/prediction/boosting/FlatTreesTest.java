package winback.prediction.boosting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Beside XGBoost itself, which reads the same bytes. */
class FlatTreesTest {

    private static final float[] SPECIAL = {
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        0f,
        -0f,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.MIN_VALUE
    };

    /** Rows with gaps, equal values, constants and wild values, and outcomes that depend on them. */
    private record Data(float[][] x, float[] y, float[] offset) {

        static Data of(long seed, int rows, int columns, Objective objective) {
            Random random = new Random(seed);
            Data data = new Data(new float[rows][columns], new float[rows], new float[rows]);
            int[] kind = random.ints(columns, 0, 5).toArray();
            for (int i = 0; i < rows; i++) {
                double truth = random.nextGaussian() / 2;
                for (int j = 0; j < columns; j++) {
                    data.x[i][j] = switch (kind[j]) {
                        case 0 -> (float) random.nextGaussian();
                        case 1 -> random.nextInt(3) - 1;
                        case 2 -> random.nextInt(3) > 0 ? Float.NaN : random.nextFloat();
                        case 3 -> random.nextInt(20) > 0 ? random.nextFloat() : SPECIAL[random.nextInt(SPECIAL.length)];
                        default -> 7;
                    };
                    truth += Float.isFinite(data.x[i][j]) ? Math.clamp(data.x[i][j], -2, 2) * ((j % 3) - 1) : .7;
                }
                data.offset[i] = (float) random.nextGaussian();
                double mean = objective.response(data.offset[i] + truth);
                data.y[i] = switch (objective) {
                    case LOGISTIC -> random.nextDouble() < mean ? 1 : 0;
                    case SQUARED -> (float) (mean + random.nextGaussian());
                    case TWEEDIE -> random.nextBoolean() ? 0 : (float) (mean * (.5 + random.nextDouble()));
                };
            }
            return data;
        }

        /** Other rows, with more wild values than were learned from. */
        float[][] unseen(long seed) {
            Random random = new Random(seed);
            return Arrays.stream(x)
                    .map(row -> {
                        float[] other = x[random.nextInt(x.length)].clone();
                        for (int j = 0; j < other.length; j++) {
                            other[j] = random.nextInt(10) == 0
                                    ? SPECIAL[random.nextInt(SPECIAL.length)]
                                    : random.nextBoolean() ? row[j] : other[j];
                        }
                        return other;
                    })
                    .toArray(float[][]::new);
        }
    }

    private static DMatrix matrix(float[][] x, float[] offset) throws Exception {
        float[] flat = new float[x.length * x[0].length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[i].length; j++) {
                flat[i * x[i].length + j] = Float.isInfinite(x[i][j]) ? Float.NaN : x[i][j];
            }
        }
        DMatrix matrix = new DMatrix(flat, x.length, x[0].length, Float.NaN);
        matrix.setBaseMargin(offset);
        return matrix;
    }

    @Property(tries = 40)
    void givesXgboostsOwnMarginsAndContributions(
            @ForAll long seed,
            @ForAll Objective objective,
            @ForAll @IntRange(min = 1, max = 8) int depth,
            @ForAll @IntRange(min = 1, max = 12) int columns)
            throws Exception {
        Data data = Data.of(seed, 300, columns, objective);
        int trees = 30;
        BoostedTrees fitted = BoostedTrees.fit(
                data.x,
                data.y,
                data.offset,
                objective,
                trees,
                new BoostingOptions(50, depth, .3, .1, .8, .8, 1, 3, seed, 1));
        float[][] rows = data.unseen(seed);
        Booster xgboost = XGBoost.loadModel(fitted.toBytes());
        DMatrix matrix = matrix(rows, data.offset);
        try {
            for (int count : new int[] {1, 7, trees}) {
                float[][] expected = xgboost.predict(matrix, true, count);
                double[] actual = fitted.margins(rows, data.offset, count);
                for (int i = 0; i < rows.length; i++) {
                    assertThat(actual[i]).isCloseTo(expected[i][0], within(1e-5 * (1 + Math.abs(expected[i][0]))));
                }
            }
            FlatTrees flat = new FlatTrees(XgboostJson.trees(xgboost.toByteArray("json")), columns);
            float[][] contributions = xgboost.predictContrib(matrix, 0);
            double[] margins = flat.margins(rows, data.offset, trees);
            for (int i = 0; i < rows.length; i++) {
                double[] values = new double[columns];
                flat.explain(rows[i], values);
                double scale = 1 + Math.abs(margins[i]);
                for (int j = 0; j < columns; j++) {
                    assertThat(values[j]).isCloseTo(contributions[i][j], within(1e-4 * scale));
                }
                assertThat(margins[i] - Arrays.stream(values).sum())
                        .as("what they are relative to")
                        .isCloseTo(contributions[i][columns], within(1e-4 * scale));
            }
        } finally {
            matrix.dispose();
            xgboost.dispose();
        }
    }

    @Property(tries = 10)
    void isTheSameAfterLoading(@ForAll long seed, @ForAll Objective objective) {
        Data data = Data.of(seed, 200, 5, objective);
        BoostedTrees fitted = BoostedTrees.fit(
                data.x, data.y, data.offset, objective, 20, new BoostingOptions(20, 4, .3, 1, 1, 1, 1, 3, 1, 1));
        BoostedTrees loaded = BoostedTrees.load(fitted.toBytes(), 5);
        assertThat(loaded.margins(data.x, data.offset)).containsExactly(fitted.margins(data.x, data.offset));
        assertThat(loaded.toBytes()).isEqualTo(fitted.toBytes());
    }

    /** Root asks column 2 (below .5 goes left), its right child column 0 (below -inf goes left). */
    private static Tree byHand(boolean missingGoesLeft) {
        return new Tree(
                new int[] {1, -1, 3, -1, -1},
                new int[] {2, -1, 4, -1, -1},
                new int[] {2, 0, 0, 0, 0},
                new float[] {.5f, 1, Float.NEGATIVE_INFINITY, 10, 100},
                new boolean[] {missingGoesLeft, false, missingGoesLeft, false, false},
                new float[] {10, 4, 6, 3, 3});
    }

    @Example
    void aThresholdItselfGoesRightAndMissingValuesWhereTrainingSentThem() {
        float[][] x = {
            {0, 0, .49999997f},
            {0, 0, .5f},
            {-Float.MAX_VALUE, 0, 1},
            {Float.NaN, 0, 1},
            {0, 0, Float.NaN},
            {Float.NEGATIVE_INFINITY, 0, Float.POSITIVE_INFINITY}
        };
        assertThat(new FlatTrees(List.of(byHand(true)), 3).margins(x, new float[6], 1))
                .containsExactly(1, 100, 100, 10, 1, 1);
        assertThat(new FlatTrees(List.of(byHand(false)), 3).margins(x, new float[6], 1))
                .containsExactly(1, 100, 100, 100, 100, 100);
    }

    @Example
    void zeroIsZeroWhateverItsSign() {
        Tree tree = new Tree(
                new int[] {1, -1, -1},
                new int[] {2, -1, -1},
                new int[] {0, 0, 0},
                new float[] {0f, -1, 1},
                new boolean[3],
                new float[] {2, 1, 1});
        assertThat(new FlatTrees(List.of(tree), 1)
                        .margins(new float[][] {{-0f}, {0f}, {-Float.MIN_VALUE}}, new float[3], 1))
                .containsExactly(1, 1, -1);
    }

    /** By the definition: the mean over all orders of learning the columns of what each of them changes. */
    @Example
    void shapleyValuesAreThoseOfTheDefinition() {
        FlatTrees trees = new FlatTrees(List.of(byHand(true), byHand(false)), 3);
        float[] row = {3, 0, .7f};
        // Columns 0 and 2 matter, and both trees do the same: right at 2 and right at 0.
        double neither = .4 * 1 + .6 * (.5 * 10 + .5 * 100);
        double only0 = .4 * 1 + .6 * 100;
        double only2 = .5 * 10 + .5 * 100;
        double both = 100;
        double[] values = new double[3];
        trees.explain(row, values);
        assertThat(values[0]).isCloseTo((only0 - neither) + (both - only2), within(1e-9));
        assertThat(values[1]).isZero();
        assertThat(values[2]).isCloseTo((only2 - neither) + (both - only0), within(1e-9));
    }

    @Example
    void refusesRowsAndTreesThatDoNotFit() {
        FlatTrees trees = new FlatTrees(List.of(byHand(true)), 3);
        assertThatThrownBy(() -> trees.margins(new float[][] {{1, 2}}, new float[1], 1))
                .hasMessage("Expected 3 features, actual 2");
        assertThatThrownBy(() -> new FlatTrees(List.of(byHand(true)), 2))
                .hasMessage("Expected trees of 2 features, actual feature 2");
    }

    @Example
    void servesFromManyThreadsAtOnce() {
        Data data = Data.of(3, 500, 6, Objective.LOGISTIC);
        BoostedTrees fitted = BoostedTrees.fit(
                data.x,
                data.y,
                data.offset,
                Objective.LOGISTIC,
                40,
                new BoostingOptions(40, 5, .3, 1, 1, 1, 1, 3, 1, 1));
        double[] alone = fitted.margins(data.x, data.offset);
        IntStream.range(0, 64)
                .parallel()
                .mapToObj(i -> fitted.margins(data.x, data.offset))
                .forEach(margins -> assertThat(margins).containsExactly(alone));
    }
}
