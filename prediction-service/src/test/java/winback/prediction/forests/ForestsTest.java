package winback.prediction.forests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import smile.anomaly.IsolationForest;
import smile.classification.RandomForest;

class ForestsTest {

    private static final int ROWS = 2_000;

    private final Random random = new Random(11);

    /** A continuous feature, one of few values, so that rows lie on splits, one constant, and noise. */
    private float[][] rows() {
        float[][] rows = new float[ROWS][5];
        for (float[] row : rows) {
            row[0] = (float) random.nextGaussian();
            row[1] = random.nextInt(4);
            row[2] = 3;
            row[3] = random.nextFloat();
            row[4] = random.nextInt(2) == 0 ? .1f : -.7f;
        }
        return rows;
    }

    private float[] labels(float[][] rows) {
        float[] labels = new float[rows.length];
        for (int i = 0; i < labels.length; i++) {
            double logit = 2 * rows[i][0] + (rows[i][1] >= 2 ? 1 : -1);
            labels[i] = random.nextDouble() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
        }
        return labels;
    }

    private static double ofTrainer(RandomForest forest, float[] row) {
        double[] shares = new double[2];
        forest.predict(ProbabilityForest.frame(new float[][] {row}, new int[1]).get(0), shares);
        return shares[1];
    }

    @Test
    void aFlatRandomForestGivesTheTrainersProbabilities() {
        float[][] rows = rows();
        float[] labels = labels(rows);
        ProbabilityForest.Options options = new ProbabilityForest.Options(50, 12, 5, false, 7);
        RandomForest grown = ProbabilityForest.grow(rows, labels, options);
        ProbabilityForest flat = ProbabilityForest.fit(rows, labels, options);
        ProbabilityForest loaded = ProbabilityForest.load(flat.toBytes());
        double[] probabilities = flat.probabilities(rows);
        for (int i = 0; i < ROWS; i++) {
            assertThat(probabilities[i]).isCloseTo(ofTrainer(grown, rows[i]), within(1e-5));
        }
        assertThat(loaded.probabilities(rows)).isEqualTo(probabilities);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void treesAndRowsOfAnyNumberGiveTheSameInBatchesAndAlone(int trees) {
        float[][] rows = rows();
        ProbabilityForest forest =
                ProbabilityForest.fit(rows, labels(rows), new ProbabilityForest.Options(trees, 12, 5, false, 7));
        double[] alone = Arrays.stream(rows)
                .mapToDouble(row -> forest.probabilities(new float[][] {row})[0])
                .toArray();
        for (int n = 0; n < 10; n++) {
            assertThat(forest.probabilities(Arrays.copyOf(rows, n))).isEqualTo(Arrays.copyOf(alone, n));
        }
    }

    @Test
    void aFlatIsolationForestGivesTheTrainersScores() {
        float[][] rows = rows();
        IsolationForest grown = AnomalyForest.grow(AnomalyForest.doubles(rows), 100, 7);
        AnomalyForest flat = AnomalyForest.fit(rows, 100, .1, 7);
        AnomalyForest loaded = AnomalyForest.load(flat.toArtefact());
        double[][] doubles = AnomalyForest.doubles(rows);
        double[] scores = flat.scores(rows);
        for (int i = 0; i < ROWS; i++) {
            assertThat(scores[i]).isCloseTo(grown.score(doubles[i]), within(1e-5));
        }
        assertThat(loaded.decisions(rows)).isEqualTo(flat.decisions(rows));
    }

    @Test
    void aTenthIsAnomalousAndWhatLiesFarOffIsAmongIt() {
        float[][] rows = rows();
        AnomalyForest forest = AnomalyForest.fit(rows, 100, .1, 7);
        double anomalous = Arrays.stream(forest.decisions(rows))
                .filter(decision -> decision < 0)
                .count();
        assertThat(anomalous / ROWS).isCloseTo(.1, within(.02));
        double[] decisions = forest.decisions(new float[][] {{9, 3, 3, 5, .1f}, {0, 1, 3, .5f, .1f}});
        assertThat(decisions[0]).isLessThan(0);
        assertThat(decisions[1]).isPositive();
    }

    @Test
    void theSameSeedGrowsTheSameForest() {
        float[][] rows = rows();
        float[] labels = labels(rows);
        ProbabilityForest.Options options = new ProbabilityForest.Options(20, 12, 5, false, 7);
        assertThat(ProbabilityForest.fit(rows, labels, options).toBytes())
                .isEqualTo(ProbabilityForest.fit(rows, labels, options).toBytes());
        assertThat(AnomalyForest.fit(rows, 100, .1, 7).toArtefact().forest())
                .isEqualTo(AnomalyForest.fit(rows, 100, .1, 7).toArtefact().forest());
    }

    @Test
    void anInterruptEndsTheGrowing() {
        float[][] rows = rows();
        float[] labels = labels(rows);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() ->
                        ProbabilityForest.grow(rows, labels, new ProbabilityForest.Options(1_000, 12, 5, false, 7)))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThatThrownBy(() -> AnomalyForest.grow(AnomalyForest.doubles(rows), 100, 7))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
