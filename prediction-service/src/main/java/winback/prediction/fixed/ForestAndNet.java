package winback.prediction.fixed;

import java.util.Arrays;
import winback.prediction.forests.ProbabilityForest;
import winback.prediction.linear.Standardisation;
import winback.prediction.nets.Architecture;
import winback.prediction.nets.Net;
import winback.prediction.nets.NetOptions;
import winback.prediction.nets.NetTraining;

/**
 * The mission's engagement ensemble: a random forest of 200 trees, weight .6, and a network 128/64/32 with dropout .3,
 * weight .4; the weighted mean of their probabilities. Holds native memory until closed. Thread-safe.
 */
public final class ForestAndNet implements AutoCloseable {

    private static final double FOREST = .6;

    private final Standardisation inputs;
    private final ProbabilityForest forest;
    private final Net net;

    /** As kept. */
    @SuppressWarnings("ArrayRecordComponent") // bytes by design; compared nowhere
    record Artefact(Standardisation inputs, byte[] forest, byte[] net) {}

    private ForestAndNet(Standardisation inputs, ProbabilityForest forest, Net net) {
        this.inputs = inputs;
        this.forest = forest;
        this.net = net;
    }

    /**
     * @param x shape [n][p], NaN means unknown
     * @param y labels, shape [n], 0 or 1
     * @param group shape [n], equal for rows of one customer
     */
    public static ForestAndNet fit(float[][] x, float[] y, int[] group, long seed) {
        Standardisation inputs = Standardisation.of(x);
        float[][] z = Arrays.stream(x).map(inputs::apply).toArray(float[][]::new);
        return new ForestAndNet(
                inputs,
                ProbabilityForest.fit(z, y, ProbabilityForest.Options.mission(z.length, seed)),
                NetTraining.fit(z, y, group, Architecture.Dense.ENGAGEMENT, NetOptions.defaults(seed)));
    }

    Artefact toArtefact() {
        return new Artefact(inputs, forest.toBytes(), net.toBytes());
    }

    static ForestAndNet load(Artefact artefact) {
        return new ForestAndNet(artefact.inputs(), ProbabilityForest.load(artefact.forest()), Net.load(artefact.net()));
    }

    /** @return probabilities of 1, shape [n] */
    public double[] probabilities(float[][] x) {
        if (x.length == 0) {
            return new double[0];
        }
        float[][] z = Arrays.stream(x).map(inputs::apply).toArray(float[][]::new);
        double[] probabilities = net.outputs(z);
        for (int i = 0; i < z.length; i++) {
            probabilities[i] = FOREST * forest.probability(z[i]) + (1 - FOREST) * probabilities[i];
        }
        return probabilities;
    }

    @Override
    public void close() {
        net.close();
    }
}
