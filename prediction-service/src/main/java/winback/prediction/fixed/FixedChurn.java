package winback.prediction.fixed;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.attribution.Attribution;
import winback.prediction.forests.AnomalyForest;
import winback.prediction.linear.Standardisation;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.RecipeName;
import winback.prediction.models.Sample;
import winback.prediction.nets.Architecture;
import winback.prediction.nets.Net;
import winback.prediction.nets.NetOptions;
import winback.prediction.nets.NetTraining;
import winback.prediction.progress.Progress;
import winback.prediction.purchases.PurchaseHistory;

/**
 * The mission's churn ensemble: the decision value of an isolation forest and the output of an LSTM over the last 12
 * periods, weighed, see {@link Options}. The sum, held within [0, 1], is taken for the probability that it is not: a
 * decision value is none. It knows the horizon of its labels, and says the same over any other.
 */
public final class FixedChurn implements Model {

    /**
     * What the ensemble is made of.
     *
     * @param anomalyWeight weight of the forest's decision value, in [0, 1]; the network has the rest
     * @param trees of the isolation forest, 1 to 1,000
     * @param contamination share of the customers that is taken for anomalous, in (0, .5]
     * @param units of the two LSTM layers and of the layer before the output; three numbers, 1 to 1,024
     * @param balanced whether the rarer outcome counts as much as the other when the network learns
     */
    public record Options(
            double anomalyWeight, int trees, double contamination, List<Integer> units, boolean balanced) {

        /** As the mission has them. */
        public static final Options MISSION = new Options(.4, 100, .1, List.of(128, 64, 32), false);

        public Options {
            units = List.copyOf(units);
            if (!(anomalyWeight >= 0 && anomalyWeight <= 1)) {
                throw new IllegalArgumentException("Invalid anomaly weight, expected 0 to 1: " + anomalyWeight);
            }
            if (trees < 1 || trees > 1_000) {
                throw new IllegalArgumentException("Invalid number of trees, expected 1 to 1000: " + trees);
            }
            if (!(contamination > 0 && contamination <= .5)) {
                throw new IllegalArgumentException("Invalid contamination, expected above 0 to .5: " + contamination);
            }
            if (units.size() != 3 || units.stream().anyMatch(width -> width < 1 || width > 1_024)) {
                throw new IllegalArgumentException("Invalid units, expected three numbers, 1 to 1024: " + units);
            }
        }

        private Architecture.Sequence architecture() {
            return new Architecture.Sequence(STEPS, units.get(0), units.get(1), units.get(2));
        }
    }

    /** The newest, from which the LSTM learns: it takes half a second for each thousand and epoch. */
    private static final int MOST_SEQUENCES = 20_000;

    /** Periods of a sequence. */
    static final int STEPS = 12;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final FeatureSchema schema;
    private final int horizonDays;
    private final double anomalyWeight;
    private final Standardisation inputs;
    private final AnomalyForest forest;
    private final int periodSize;
    private final Standardisation ofPeriods;
    private final Net net;

    @SuppressWarnings("ArrayRecordComponent") // bytes by design; compared nowhere
    private record Artefact(
            String recipe,
            FeatureSchema schema,
            int horizonDays,
            double anomalyWeight,
            Standardisation inputs,
            AnomalyForest.Artefact forest,
            int periodSize,
            Standardisation ofPeriods,
            byte[] net) {}

    private FixedChurn(
            FeatureSchema schema,
            int horizonDays,
            double anomalyWeight,
            Standardisation inputs,
            AnomalyForest forest,
            int periodSize,
            Standardisation ofPeriods,
            Net net) {
        this.schema = schema;
        this.horizonDays = horizonDays;
        this.anomalyWeight = anomalyWeight;
        this.inputs = inputs;
        this.forest = forest;
        this.periodSize = periodSize;
        this.ofPeriods = ofPeriods;
        this.net = net;
    }

    /**
     * @param labelled customers at one or more cutoffs, the newest last, with their last periods
     * @param options the horizon, and the seed
     * @throws IllegalArgumentException when a sample has no periods
     */
    public static FixedChurn fit(List<Sample> labelled, ModelOptions options, Options recipe) {
        Rows rows = Rows.of(labelled, Sample::churned);
        if (!labelled.stream().allMatch(Sample::hasPeriods)) {
            throw new IllegalArgumentException("The rows came without their last periods");
        }
        long seed = options.trees().seed();
        Standardisation inputs = Standardisation.of(rows.x());
        AnomalyForest forest = Progress.within(
                0,
                .1,
                "isolation forest",
                () -> AnomalyForest.fit(inputs.apply(rows.x()), recipe.trees(), recipe.contamination(), seed));
        Standardisation ofPeriods = Standardisation.of(
                Arrays.stream(rows.periods()).flatMap(FixedChurn::steps).toArray(float[][]::new));
        int from = Math.max(0, rows.y().length - MOST_SEQUENCES);
        Net net = Progress.within(
                .1,
                1,
                "LSTM",
                () -> NetTraining.fit(
                        sequences(Arrays.copyOfRange(rows.periods(), from, rows.y().length), ofPeriods),
                        Arrays.copyOfRange(rows.y(), from, rows.y().length),
                        Arrays.copyOfRange(rows.group(), from, rows.y().length),
                        recipe.architecture(),
                        new NetOptions(8, 2, 256, 1e-3, recipe.balanced(), seed)));
        return new FixedChurn(
                labelled.getLast().schema(),
                options.horizonDays(),
                recipe.anomalyWeight(),
                inputs,
                forest,
                rows.periods()[0].length,
                ofPeriods,
                net);
    }

    private static Stream<float[]> steps(float[] periods) {
        int width = periods.length / STEPS;
        return IntStream.range(0, STEPS)
                .mapToObj(step -> Arrays.copyOfRange(periods, step * width, (step + 1) * width));
    }

    private static float[][] sequences(float[][] periods, Standardisation ofPeriods) {
        int width = ofPeriods.width();
        float[][] sequences = new float[periods.length][STEPS * width];
        for (int i = 0; i < periods.length; i++) {
            Progress.stopIfInterrupted();
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
    public int periodSize() {
        return periodSize;
    }

    @Override
    public double[] predict(float[][] features, int days) {
        throw new IllegalArgumentException("This ensemble needs the last periods too");
    }

    @Override
    public double[] predict(float[][] features, float[][] periods, int days) {
        @Nullable PurchaseHistory[] histories = schema.histories(features);
        double[] ofNet = outputs(features, periods);
        double[] ofForest = decisions(features);
        double[] predictions = new double[features.length];
        for (int i = 0; i < predictions.length; i++) {
            predictions[i] = histories[i] == null
                    ? Double.NaN
                    : Math.clamp(anomalyWeight * ofForest[i] + (1 - anomalyWeight) * ofNet[i], 0, 1);
        }
        return predictions;
    }

    private double[] decisions(float[][] features) {
        return forest.decisions(inputs.apply(features));
    }

    private double[] outputs(float[][] features, float[][] periods) {
        if (periods.length != features.length) {
            throw new IllegalArgumentException(
                    "Expected the periods of " + features.length + " customers, actual " + periods.length);
        }
        for (float[] row : periods) {
            if (row.length != periodSize) {
                throw new IllegalArgumentException(
                        "Expected " + periodSize + " numbers of periods, actual " + row.length);
            }
        }
        return net.outputs(sequences(periods, ofPeriods));
    }

    /** How much each of the two adds; neither can tell which feature it comes of. */
    @Override
    public Optional<Attribution> explain(float[] row, float[] periods) {
        float[][] one = {row};
        if (schema.histories(one)[0] == null) {
            return Optional.empty();
        }
        Attribution parts = new Attribution(Attribution.Scale.SCORE, row.length, 0, 0);
        parts.addOther("isolation forest", anomalyWeight * decisions(one)[0]);
        parts.addOther("network over the last periods", (1 - anomalyWeight) * outputs(one, new float[][] {periods})[0]);
        return Optional.of(parts);
    }

    @Override
    public byte[] toBytes() {
        return JSON.writeValueAsBytes(new Artefact(
                RecipeName.MISSION.wireName(),
                schema,
                horizonDays,
                anomalyWeight,
                inputs,
                forest.toArtefact(),
                periodSize,
                ofPeriods,
                net.toBytes()));
    }

    /** From {@link #toBytes()}. */
    public static FixedChurn load(byte[] bytes) {
        Artefact artefact = JSON.readValue(bytes, Artefact.class);
        return new FixedChurn(
                artefact.schema(),
                artefact.horizonDays(),
                artefact.anomalyWeight(),
                artefact.inputs(),
                AnomalyForest.load(artefact.forest()),
                artefact.periodSize(),
                artefact.ofPeriods(),
                Net.load(artefact.net()));
    }

    @Override
    public void close() {
        net.close();
    }
}
