package winback.prediction.fixed;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.attribution.Attribution;
import winback.prediction.boosting.BoostedTrees;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.boosting.Objective;
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
 * The mission's value ensemble: deep boosted trees on squared error and a network with a linear output, weighed, see
 * {@link Options}. A horizon other than that of the labels is scaled by days.
 */
public final class FixedValue implements Model {

    /**
     * What the ensemble is made of.
     *
     * @param treesWeight weight of the trees, in [0, 1]; the network has the rest
     * @param trees how many, 1 to 5,000
     * @param depth of a tree, 1 to 16
     * @param units of the network's layers before the output; 1 to 8 numbers, 1 to 4,096
     * @param dropout share of the units of the first two layers that each step of the training leaves out, in [0, 1)
     */
    public record Options(double treesWeight, int trees, int depth, List<Integer> units, double dropout) {

        /** As the mission has them. */
        public static final Options MISSION =
                new Options(.7, 500, 8, Architecture.Dense.VALUE.hidden(), Architecture.Dense.VALUE.dropout());

        public Options {
            units = List.copyOf(units);
            Checks.weight("trees", treesWeight);
            Checks.trees(trees);
            if (depth < 1 || depth > 16) {
                throw new IllegalArgumentException("Invalid depth, expected 1 to 16: " + depth);
            }
            Checks.units(units);
            Checks.dropout(dropout);
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final FeatureSchema schema;
    private final int horizonDays;
    private final int labelDays;
    private final double unit;
    private final double treesWeight;
    private final Standardisation inputs;
    private final BoostedTrees trees;
    private final Net net;

    @SuppressWarnings("ArrayRecordComponent") // bytes by design; compared nowhere
    private record Artefact(
            String recipe,
            FeatureSchema schema,
            int horizonDays,
            int labelDays,
            double unit,
            double treesWeight,
            Standardisation inputs,
            byte[] trees,
            byte[] net) {}

    private FixedValue(
            FeatureSchema schema,
            int horizonDays,
            int labelDays,
            double unit,
            double treesWeight,
            Standardisation inputs,
            BoostedTrees trees,
            Net net) {
        this.schema = schema;
        this.horizonDays = horizonDays;
        this.labelDays = labelDays;
        this.unit = unit;
        this.treesWeight = treesWeight;
        this.inputs = inputs;
        this.trees = trees;
        this.net = net;
    }

    /**
     * @param labelled customers at one or more cutoffs, the newest last
     * @param options the horizon, and the seed
     */
    public static FixedValue fit(List<Sample> labelled, ModelOptions options, Options recipe) {
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
        BoostingOptions deep = new BoostingOptions(
                recipe.trees(), recipe.depth(), .3, 1, 1, 1, 1, kept.folds(), kept.seed(), kept.threads());
        BoostedTrees trees = Progress.within(
                0,
                .6,
                "boosting",
                () -> BoostedTrees.fit(
                        rows.x(), scaled, new float[scaled.length], Objective.SQUARED, recipe.trees(), deep));
        Standardisation inputs = Standardisation.of(rows.x());
        Net net = Progress.within(
                .6,
                1,
                "network",
                () -> NetTraining.fit(
                        inputs.apply(rows.x()),
                        scaled,
                        rows.group(),
                        new Architecture.Dense(recipe.units(), recipe.dropout(), false),
                        NetOptions.defaults(kept.seed())));
        return new FixedValue(
                labelled.getLast().schema(),
                options.horizonDays(),
                labelled.getLast().labelDays(),
                unit,
                recipe.treesWeight(),
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
        @Nullable PurchaseHistory[] histories = schema.histories(features);
        double[] byTrees = trees.margins(features, new float[features.length]);
        double[] predictions = net.outputs(inputs.apply(features));
        for (int i = 0; i < predictions.length; i++) {
            double spend = treesWeight * byTrees[i] + (1 - treesWeight) * predictions[i];
            predictions[i] = histories[i] == null ? Double.NaN : Math.max(0, spend * scale(days));
        }
        return predictions;
    }

    /** From what trees and network say to money over so many days. */
    private double scale(int days) {
        return unit * days / labelDays;
    }

    /** In money, below 0 where the score is 0: exact for the trees, while the network cannot tell. */
    @Override
    public Optional<Attribution> explain(float[] row) {
        if (schema.histories(new float[][] {row})[0] == null) {
            return Optional.empty();
        }
        Attribution parts = new Attribution(Attribution.Scale.SCORE, row.length, 0, 0);
        trees.explain(row, 0, treesWeight * scale(horizonDays), parts);
        double ofNet = net.outputs(new float[][] {inputs.apply(row)})[0];
        parts.addOther("network", (1 - treesWeight) * scale(horizonDays) * ofNet);
        return Optional.of(parts);
    }

    @Override
    public byte[] toBytes() {
        return JSON.writeValueAsBytes(new Artefact(
                RecipeName.MISSION.wireName(),
                schema,
                horizonDays,
                labelDays,
                unit,
                treesWeight,
                inputs,
                trees.toBytes(),
                net.toBytes()));
    }

    /** From {@link #toBytes()}. */
    public static FixedValue load(byte[] bytes) {
        Artefact artefact = JSON.readValue(bytes, Artefact.class);
        return new FixedValue(
                artefact.schema(),
                artefact.horizonDays(),
                artefact.labelDays(),
                artefact.unit(),
                artefact.treesWeight(),
                artefact.inputs(),
                BoostedTrees.load(artefact.trees(), artefact.schema().names().size()),
                Net.load(artefact.net()));
    }

    @Override
    public void close() {
        net.close();
    }
}
