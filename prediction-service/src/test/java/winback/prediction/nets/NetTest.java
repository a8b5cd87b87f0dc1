package winback.prediction.nets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import winback.prediction.metrics.ChurnMetrics;

class NetTest {

    private static final int ROWS = 2_000;

    private final Random random = new Random(3);

    private float[][] rows(int width) {
        float[][] rows = new float[ROWS][width];
        for (float[] row : rows) {
            for (int j = 0; j < width; j++) {
                row[j] = (float) random.nextGaussian();
            }
        }
        return rows;
    }

    private static int[] groups() {
        int[] groups = new int[ROWS];
        Arrays.setAll(groups, i -> i / 2);
        return groups;
    }

    private static NetOptions epochs(int epochs) {
        return new NetOptions(epochs, 3, 128, 1e-3, false, 7);
    }

    /** Labels by a logit. */
    private float[] drawn(double[] logits) {
        float[] labels = new float[logits.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = random.nextDouble() < 1 / (1 + Math.exp(-logits[i])) ? 1 : 0;
        }
        return labels;
    }

    private static void sameAsTheTrainers(NetTraining training, float[][] rows) {
        try (Net net = training.toNet();
                Net loaded = Net.load(net.toBytes())) {
            double[] own = training.outputs(rows);
            double[] served = net.outputs(rows);
            double[] again = loaded.outputs(rows);
            for (int i = 0; i < rows.length; i++) {
                assertThat(served[i]).isCloseTo(own[i], within(1e-5 * Math.max(1, Math.abs(own[i]))));
            }
            assertThat(again).isEqualTo(served);
            // One row at a time gives the same as many.
            assertThat(net.outputs(new float[][] {rows[17]})[0]).isCloseTo(served[17], within(1e-6));
        }
    }

    @Test
    void aDenseNetworkServesTheTrainersNumbersAndLearnsAnInteraction() {
        float[][] rows = rows(6);
        double[] logits =
                Arrays.stream(rows).mapToDouble(row -> 3 * row[0] * row[1]).toArray();
        float[] labels = drawn(logits);
        NetTraining training = NetTraining.train(rows, labels, groups(), Architecture.Dense.ENGAGEMENT, epochs(12));
        sameAsTheTrainers(training, rows);

        float[][] fresh = rows(6);
        float[] outcomes = drawn(
                Arrays.stream(fresh).mapToDouble(row -> 3 * row[0] * row[1]).toArray());
        double[] truth = new double[ROWS];
        Arrays.setAll(truth, i -> outcomes[i]);
        assertThat(ChurnMetrics.auc(training.outputs(fresh), truth)).isGreaterThan(.8);
    }

    @Test
    void aLinearOutputServesTheTrainersNumbers() {
        float[][] rows = rows(5);
        float[] labels = new float[ROWS];
        for (int i = 0; i < ROWS; i++) {
            labels[i] = 2 * rows[i][0] - rows[i][1] + .1f * (float) random.nextGaussian();
        }
        NetTraining training = NetTraining.train(rows, labels, groups(), Architecture.Dense.VALUE, epochs(10));
        sameAsTheTrainers(training, rows);
        double[] outputs = training.outputs(rows);
        double error = 0;
        for (int i = 0; i < ROWS; i++) {
            error += Math.abs(outputs[i] - labels[i]) / ROWS;
        }
        assertThat(error).isLessThan(.5);
    }

    /** The order matters here, and the first step as much as the last: gates in a wrong place would show. */
    @Test
    void aSequenceNetworkServesTheTrainersNumbersAndLearnsAnOrder() {
        int steps = 5;
        float[][] rows = rows(steps * 2);
        float[] labels = drawn(
                Arrays.stream(rows).mapToDouble(row -> 4 * row[0] - 4 * row[8]).toArray());
        NetTraining training =
                NetTraining.train(rows, labels, groups(), new Architecture.Sequence(steps, 16, 8, 8), epochs(15));
        sameAsTheTrainers(training, rows);
        double[] truth = new double[ROWS];
        Arrays.setAll(truth, i -> labels[i]);
        assertThat(ChurnMetrics.auc(training.outputs(rows), truth)).isGreaterThan(.85);
    }

    @Test
    void theSameSeedTrainsTheSameNetwork() {
        float[][] rows = rows(4);
        float[] labels = drawn(Arrays.stream(rows).mapToDouble(row -> row[0]).toArray());
        Architecture small = new Architecture.Dense(List.of(8, 4, 4), .3, true);
        double[] first =
                NetTraining.train(rows, labels, groups(), small, epochs(3)).outputs(rows);
        double[] second =
                NetTraining.train(rows, labels, groups(), small, epochs(3)).outputs(rows);
        for (int i = 0; i < ROWS; i++) {
            assertThat(second[i]).isCloseTo(first[i], within(1e-5));
        }
    }

    @Test
    void balancedClassesCountTheSame() {
        float[][] rows = rows(4);
        float[] labels =
                drawn(Arrays.stream(rows).mapToDouble(row -> row[0] - 3).toArray());
        Architecture small = new Architecture.Dense(List.of(8, 4), 0, true);
        NetOptions unbalanced = new NetOptions(6, 3, 128, 1e-2, false, 7);
        NetOptions balanced = new NetOptions(6, 3, 128, 1e-2, true, 7);
        double plain = Arrays.stream(NetTraining.train(rows, labels, groups(), small, unbalanced)
                        .outputs(rows))
                .average()
                .orElseThrow();
        double weighted = Arrays.stream(NetTraining.train(rows, labels, groups(), small, balanced)
                        .outputs(rows))
                .average()
                .orElseThrow();
        assertThat(plain).isLessThan(.15);
        assertThat(weighted).isBetween(.3, .7);
    }

    @Test
    void anInterruptEndsTheTraining() {
        float[][] rows = rows(4);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> NetTraining.train(
                        rows, new float[ROWS], groups(), Architecture.Dense.ENGAGEMENT, epochs(1_000)))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void whatIsNoNetworkIsRefused() {
        assertThatThrownBy(() -> Net.load(new byte[] {1, 2, 3})).isInstanceOf(IllegalArgumentException.class);
    }
}
