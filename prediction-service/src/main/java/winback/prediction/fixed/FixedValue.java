package winback.prediction.fixed;

import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.boosting.BoostedTrees;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.boosting.Objective;
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
 * The mission's value ensemble: 500 boosted trees of depth 8 on squared error, weight .7, and a network 256/128/64/32
 * with a linear output, weight .3. A horizon other than that of the labels is scaled by days.
 */
public final class FixedValue implements Model {

    private static final double TREES = .7;
    private static final int TREE_COUNT = 500;
    private static final int DEPTH = 8;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final FeatureSchema schema;
    private final int horizonDays;
    private final int labelDays;
    private final double unit;
    private final Standardisation inputs;
    private final BoostedTrees trees;
    private final Net net;

    @SuppressWarnings("ArrayRecordComponent") // bytes by design; compared nowhere
    private record Artefact(
            FeatureSchema schema,
            int horizonDays,
            int labelDays,
            double unit,
            Standardisation inputs,
            byte[] trees,
            byte[] net) {}

    private FixedValue(
            FeatureSchema schema,
            int horizonDays,
            int labelDays,
            double unit,
            Standardisation inputs,
            BoostedTrees trees,
            Net net) {
        this.schema = schema;
        this.horizonDays = horizonDays;
        this.labelDays = labelDays;
        this.unit = unit;
        this.inputs = inputs;
        this.trees = trees;
        this.net = net;
    }

    /** @param labelled customers at one or more cutoffs, the newest last */
    public static FixedValue fit(List<Sample> labelled, ModelOptions options) {
        Rows rows = Rows.of(labelled, Sample::spend);
        double squares = 0;
        for (float spend : rows.y()) {
            squares += (double) spend * spend / rows.y().length;
        }
        // The network learns in units of about one, whatever the currency.
        double unit = squares > 0 ? Math.sqrt(squares) : 1;
        float[] scaled = new float[rows.y().length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (rows.y()[i] / unit);
        }
        BoostingOptions kept = options.trees();
        BoostingOptions deep =
                new BoostingOptions(TREE_COUNT, DEPTH, .3, 1, 1, 1, 1, kept.folds(), kept.seed(), kept.threads());
        BoostedTrees trees =
                BoostedTrees.fit(rows.x(), scaled, new float[scaled.length], Objective.SQUARED, TREE_COUNT, deep);
        Standardisation inputs = Standardisation.of(rows.x());
        Net net = NetTraining.fit(
                Arrays.stream(rows.x()).map(inputs::apply).toArray(float[][]::new),
                scaled,
                rows.group(),
                Architecture.Dense.VALUE,
                NetOptions.defaults(kept.seed()));
        return new FixedValue(
                labelled.getLast().schema(),
                options.horizonDays(),
                labelled.getLast().labelDays(),
                unit,
                inputs,
                trees,
                net);
    }

    @Override
    public ModelName name() {
        return ModelName.VALUE;
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
        if (features.length == 0) {
            return new double[0];
        }
        double[] byTrees = trees.margins(features, new float[features.length]);
        double[] predictions =
                net.outputs(Arrays.stream(features).map(inputs::apply).toArray(float[][]::new));
        for (int i = 0; i < predictions.length; i++) {
            double spend = TREES * byTrees[i] + (1 - TREES) * predictions[i];
            predictions[i] = Math.max(0, spend * unit * days / labelDays);
        }
        return predictions;
    }

    @Override
    public byte[] toBytes() {
        return JSON.writeValueAsBytes(
                new Artefact(schema, horizonDays, labelDays, unit, inputs, trees.toBytes(), net.toBytes()));
    }

    /** From {@link #toBytes()}. */
    public static FixedValue load(byte[] bytes) {
        Artefact artefact = JSON.readValue(bytes, Artefact.class);
        return new FixedValue(
                artefact.schema(),
                artefact.horizonDays(),
                artefact.labelDays(),
                artefact.unit(),
                artefact.inputs(),
                BoostedTrees.load(artefact.trees(), artefact.schema().names().size()),
                Net.load(artefact.net()));
    }

    @Override
    public void close() {
        net.close();
    }
}
