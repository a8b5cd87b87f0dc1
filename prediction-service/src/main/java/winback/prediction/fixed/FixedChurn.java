package winback.prediction.fixed;

import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.forests.AnomalyForest;
import winback.prediction.linear.Standardisation;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.nets.Architecture;
import winback.prediction.nets.Net;
import winback.prediction.nets.NetOptions;
import winback.prediction.nets.NetTraining;

/**
 * The mission's churn ensemble: the decision value of an isolation forest with contamination .1, weight .4, and an LSTM
 * 128/64 over the last 12 periods, weight .6. The sum, held within [0, 1], is taken for the probability that it is not:
 * a decision value is none. It knows the horizon of its labels and no other.
 */
public final class FixedChurn implements Model {

    private static final double ANOMALY = .4;
    private static final double CONTAMINATION = .1;

    /** The newest, from which the LSTM learns: it takes half a second for each thousand and epoch. */
    private static final int MOST_SEQUENCES = 20_000;

    /** Periods of a sequence. */
    static final int STEPS = 12;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final FeatureSchema schema;
    private final int horizonDays;
    private final Standardisation inputs;
    private final AnomalyForest forest;
    private final Standardisation ofPeriods;
    private final Net net;

    @SuppressWarnings("ArrayRecordComponent") // bytes by design; compared nowhere
    private record Artefact(
            FeatureSchema schema,
            int horizonDays,
            Standardisation inputs,
            AnomalyForest.Artefact forest,
            Standardisation ofPeriods,
            byte[] net) {}

    private FixedChurn(
            FeatureSchema schema,
            int horizonDays,
            Standardisation inputs,
            AnomalyForest forest,
            Standardisation ofPeriods,
            Net net) {
        this.schema = schema;
        this.horizonDays = horizonDays;
        this.inputs = inputs;
        this.forest = forest;
        this.ofPeriods = ofPeriods;
        this.net = net;
    }

    /**
     * @param labelled customers at one or more cutoffs, the newest last, with their last periods
     * @throws IllegalArgumentException when a sample has no periods
     */
    public static FixedChurn fit(List<Sample> labelled, ModelOptions options) {
        Rows rows = Rows.of(labelled, Sample::churned);
        if (!labelled.stream().allMatch(Sample::hasPeriods)) {
            throw new IllegalArgumentException("The rows came without their last periods");
        }
        long seed = options.trees().seed();
        Standardisation inputs = Standardisation.of(rows.x());
        AnomalyForest forest = AnomalyForest.fit(
                Arrays.stream(rows.x()).map(inputs::apply).toArray(float[][]::new), 100, CONTAMINATION, seed);
        Standardisation ofPeriods = Standardisation.of(
                Arrays.stream(rows.periods()).flatMap(FixedChurn::steps).toArray(float[][]::new));
        int from = Math.max(0, rows.y().length - MOST_SEQUENCES);
        Net net = NetTraining.fit(
                sequences(Arrays.copyOfRange(rows.periods(), from, rows.y().length), ofPeriods),
                Arrays.copyOfRange(rows.y(), from, rows.y().length),
                Arrays.copyOfRange(rows.group(), from, rows.y().length),
                Architecture.Sequence.churn(STEPS),
                new NetOptions(8, 2, 256, 1e-3, false, seed));
        return new FixedChurn(labelled.getLast().schema(), options.horizonDays(), inputs, forest, ofPeriods, net);
    }

    private static java.util.stream.Stream<float[]> steps(float[] periods) {
        int width = periods.length / STEPS;
        return java.util.stream.IntStream.range(0, STEPS)
                .mapToObj(step -> Arrays.copyOfRange(periods, step * width, (step + 1) * width));
    }

    private static float[][] sequences(float[][] periods, Standardisation ofPeriods) {
        int width = ofPeriods.width();
        float[][] sequences = new float[periods.length][STEPS * width];
        for (int i = 0; i < periods.length; i++) {
            float[] sequence = sequences[i];
            int[] at = {0};
            steps(periods[i]).forEach(step -> {
                System.arraycopy(ofPeriods.apply(step), 0, sequence, at[0], width);
                at[0] += width;
            });
        }
        return sequences;
    }

    @Override
    public ModelName name() {
        return ModelName.CHURN;
    }

    @Override
    public FeatureSchema schema() {
        return schema;
    }

    @Override
    public int horizonDays() {
        return horizonDays;
    }

    @Override
    public double[] predict(float[][] features, int days) {
        throw new IllegalArgumentException("This ensemble needs the last periods too");
    }

    @Override
    public double[] predict(float[][] features, float[][] periods, int days) {
        if (periods.length != features.length) {
            throw new IllegalArgumentException(
                    "Expected the periods of " + features.length + " customers, actual " + periods.length);
        }
        double[] predictions = net.outputs(sequences(periods, ofPeriods));
        for (int i = 0; i < predictions.length; i++) {
            double decision = forest.decision(inputs.apply(features[i]));
            predictions[i] = Math.clamp(ANOMALY * decision + (1 - ANOMALY) * predictions[i], 0, 1);
        }
        return predictions;
    }

    @Override
    public byte[] toBytes() {
        return JSON.writeValueAsBytes(
                new Artefact(schema, horizonDays, inputs, forest.toArtefact(), ofPeriods, net.toBytes()));
    }

    /** From {@link #toBytes()}. */
    public static FixedChurn load(byte[] bytes) {
        Artefact artefact = JSON.readValue(bytes, Artefact.class);
        return new FixedChurn(
                artefact.schema(),
                artefact.horizonDays(),
                artefact.inputs(),
                AnomalyForest.load(artefact.forest()),
                artefact.ofPeriods(),
                Net.load(artefact.net()));
    }

    @Override
    public void close() {
        net.close();
    }
}
