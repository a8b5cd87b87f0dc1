package winback.prediction.fixed;

import java.util.List;
import winback.prediction.forests.ProbabilityForest;
import winback.prediction.linear.Standardisation;
import winback.prediction.nets.Architecture;
import winback.prediction.nets.Net;
import winback.prediction.nets.NetOptions;
import winback.prediction.nets.NetTraining;

/**
 * The mission's engagement ensemble: a random forest and a network, see {@link Options}; the weighted mean of their
 * probabilities. Holds native memory until closed. Thread-safe.
 */
public final class ForestAndNet implements AutoCloseable {

    /**
     * What the ensemble is made of.
     *
     * @param forestWeight weight of the forest, in [0, 1]; the network has the rest
     * @param trees how many, 1 to 5,000
     * @param units of the network's layers before the output; 1 to 8 numbers, 1 to 4,096
     * @param dropout share of the units of the first two layers that each step of the training leaves out, in [0, 1)
     * @param balanced whether the rarer outcome counts as much as the other; outputs are then no probabilities
     */
    public record Options(double forestWeight, int trees, List<Integer> units, double dropout, boolean balanced) {

        /** As the mission has them. */
        public static final Options MISSION = new Options(
                .6, 200, Architecture.Dense.ENGAGEMENT.hidden(), Architecture.Dense.ENGAGEMENT.dropout(), false);

        public Options {
            units = List.copyOf(units);
            Checks.weight("forest", forestWeight);
            Checks.trees(trees);
            Checks.units(units);
            Checks.dropout(dropout);
        }
    }

    private final double forestWeight;
    private final Standardisation inputs;
    private final ProbabilityForest forest;
    private final Net net;

    /** As kept. */
    @SuppressWarnings("ArrayRecordComponent") // bytes by design; compared nowhere
    record Artefact(double forestWeight, Standardisation inputs, byte[] forest, byte[] net) {}

    private ForestAndNet(double forestWeight, Standardisation inputs, ProbabilityForest forest, Net net) {
        this.forestWeight = forestWeight;
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
        return fit(x, y, group, Options.MISSION, seed);
    }

    /** Likewise, made of something else. */
    public static ForestAndNet fit(float[][] x, float[] y, int[] group, Options options, long seed) {
        Standardisation inputs = Standardisation.of(x);
        float[][] z = inputs.apply(x);
        ProbabilityForest.Options mission = ProbabilityForest.Options.mission(z.length, seed);
        NetOptions usual = NetOptions.defaults(seed);
        return new ForestAndNet(
                options.forestWeight(),
                inputs,
                ProbabilityForest.fit(
                        z,
                        y,
                        new ProbabilityForest.Options(
                                options.trees(), mission.depth(), mission.leaf(), options.balanced(), seed)),
                NetTraining.fit(
                        z,
                        y,
                        group,
                        new Architecture.Dense(options.units(), options.dropout(), true),
                        new NetOptions(
                                usual.epochs(),
                                usual.patience(),
                                usual.batch(),
                                usual.rate(),
                                options.balanced(),
                                seed)));
    }

    Artefact toArtefact() {
        return new Artefact(forestWeight, inputs, forest.toBytes(), net.toBytes());
    }

    static ForestAndNet load(Artefact artefact) {
        return new ForestAndNet(
                artefact.forestWeight(),
                artefact.inputs(),
                ProbabilityForest.load(artefact.forest()),
                Net.load(artefact.net()));
    }

    /** @return probabilities of 1, shape [n] */
    public double[] probabilities(float[][] x) {
        if (x.length == 0) {
            return new double[0];
        }
        float[][] z = inputs.apply(x);
        double[] ofForest = forest.probabilities(z);
        double[] probabilities = net.outputs(z);
        for (int i = 0; i < z.length; i++) {
            probabilities[i] = forestWeight * ofForest[i] + (1 - forestWeight) * probabilities[i];
        }
        return probabilities;
    }

    @Override
    public void close() {
        net.close();
    }
}
