package winback.prediction.forests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
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
        for (float[] row : rows) {
            assertThat(flat.probability(row)).isCloseTo(ofTrainer(grown, row), within(1e-5));
            assertThat(loaded.probability(row)).isEqualTo(flat.probability(row));
        }
    }

    @Test
    void aFlatIsolationForestGivesTheTrainersScores() {
        float[][] rows = rows();
        IsolationForest grown = AnomalyForest.grow(AnomalyForest.doubles(rows), 100, 7);
        AnomalyForest flat = AnomalyForest.fit(rows, 100, .1, 7);
        AnomalyForest loaded = AnomalyForest.load(flat.toArtefact());
        double[][] doubles = AnomalyForest.doubles(rows);
        for (int i = 0; i < ROWS; i++) {
            assertThat(flat.score(rows[i])).isCloseTo(grown.score(doubles[i]), within(1e-5));
            assertThat(loaded.decision(rows[i])).isEqualTo(flat.decision(rows[i]));
        }
    }

    @Test
    void aTenthIsAnomalousAndWhatLiesFarOffIsAmongIt() {
        float[][] rows = rows();
        AnomalyForest forest = AnomalyForest.fit(rows, 100, .1, 7);
        double anomalous =
                Arrays.stream(rows).filter(row -> forest.decision(row) < 0).count();
        assertThat(anomalous / ROWS).isCloseTo(.1, within(.02));
        assertThat(forest.decision(new float[] {9, 3, 3, 5, .1f})).isLessThan(0);
        assertThat(forest.decision(new float[] {0, 1, 3, .5f, .1f})).isPositive();
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
