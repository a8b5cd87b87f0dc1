package winback.prediction.correction;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import winback.prediction.boosting.Objective;
import winback.prediction.forests.ProbabilityForest;
import winback.prediction.linear.Standardisation;
import winback.prediction.nets.Architecture;
import winback.prediction.nets.Net;
import winback.prediction.nets.NetOptions;
import winback.prediction.nets.NetTraining;

/**
 * A random forest and a network, either of which may be missing, over standardised features and the first guess, which
 * is one more column to them. For labels 0 or 1. Holds native memory until closed. Thread-safe.
 */
final class NonLinear implements AutoCloseable {

    /** Rows learned from; more would cost time and teach little. The newest are last and are kept. */
    private static final int MOST = 60_000;

    /** A probability is held this far from 0 and 1, and has a logit. */
    private static final double LEAST = 1e-4;

    private final Standardisation inputs;
    private final @Nullable ProbabilityForest forest;
    private final @Nullable Net net;

    private NonLinear(Standardisation inputs, @Nullable ProbabilityForest forest, @Nullable Net net) {
        this.inputs = inputs;
        this.forest = forest;
        this.net = net;
    }

    @SuppressWarnings("ArrayRecordComponent") // bytes by design; compared nowhere
    record Artefact(Standardisation inputs, byte @Nullable [] forest, byte @Nullable [] net) {}

    static NonLinear fit(float[][] x, float[] y, float[] offset, int[] group, Correction.Also also, long seed) {
        int from = Math.max(0, x.length - MOST);
        float[][] wide = wide(Arrays.copyOfRange(x, from, x.length), Arrays.copyOfRange(offset, from, x.length));
        float[] labels = Arrays.copyOfRange(y, from, x.length);
        Standardisation inputs = Standardisation.of(wide);
        float[][] z = inputs.apply(wide);
        return new NonLinear(
                inputs,
                also.forest()
                        ? ProbabilityForest.fit(z, labels, ProbabilityForest.Options.mission(z.length, seed))
                        : null,
                also.net()
                        ? NetTraining.fit(
                                z,
                                labels,
                                Arrays.copyOfRange(group, from, x.length),
                                Architecture.Dense.ENGAGEMENT,
                                NetOptions.defaults(seed))
                        : null);
    }

    private static float[][] wide(float[][] x, float[] offset) {
        return IntStream.range(0, x.length)
                .mapToObj(i -> {
                    float[] row = Arrays.copyOf(x[i], x[i].length + 1);
                    row[x[i].length] = offset[i];
                    return row;
                })
                .toArray(float[][]::new);
    }

    /** Logits of the forest and of the network, shape [2][n]; of a missing one, the offset. */
    double[][] margins(float[][] x, float[] offset) {
        double[][] margins = new double[2][x.length];
        float[][] z = inputs.apply(wide(x, offset));
        double @Nullable [] outputs = net == null ? null : net.outputs(z);
        double @Nullable [] ofForest = forest == null ? null : forest.probabilities(z);
        for (int i = 0; i < z.length; i++) {
            margins[0][i] = ofForest == null ? offset[i] : Objective.LOGISTIC.margin(ofForest[i], LEAST);
            margins[1][i] = outputs == null ? offset[i] : Objective.LOGISTIC.margin(outputs[i], LEAST);
        }
        return margins;
    }

    Artefact toArtefact() {
        return new Artefact(inputs, forest == null ? null : forest.toBytes(), net == null ? null : net.toBytes());
    }

    static NonLinear load(Artefact artefact) {
        return new NonLinear(
                artefact.inputs(),
                artefact.forest() == null ? null : ProbabilityForest.load(artefact.forest()),
                artefact.net() == null ? null : Net.load(artefact.net()));
    }

    @Override
    public void close() {
        if (net != null) {
            net.close();
        }
    }
}
