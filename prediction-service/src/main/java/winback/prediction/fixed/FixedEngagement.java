package winback.prediction.fixed;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.RecipeName;
import winback.prediction.models.Sample;

/** The mission's engagement ensemble on the product's features, as it is: calibrated by nothing. */
public final class FixedEngagement implements Model {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final FeatureSchema schema;
    private final int horizonDays;
    private final ForestAndNet ensemble;

    private record Artefact(String recipe, FeatureSchema schema, int horizonDays, ForestAndNet.Artefact ensemble) {}

    private FixedEngagement(FeatureSchema schema, int horizonDays, ForestAndNet ensemble) {
        this.schema = schema;
        this.horizonDays = horizonDays;
        this.ensemble = ensemble;
    }

    /** @param labelled subscribers who were delivered a mail after one or more cutoffs, the newest last */
    public static FixedEngagement fit(List<Sample> labelled, ModelOptions options, ForestAndNet.Options recipe) {
        Rows rows = Rows.of(labelled, Sample::engaged);
        return new FixedEngagement(
                labelled.getLast().schema(),
                options.horizonDays(),
                ForestAndNet.fit(
                        rows.x(),
                        rows.y(),
                        rows.group(),
                        recipe,
                        options.trees().seed()));
    }

    @Override
    public ModelName name() {
        return ModelName.ENGAGEMENT;
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
    public int reach(int days) {
        return horizonDays;
    }

    @Override
    public double[] predict(float[][] features, int days) {
        boolean[] concerned = schema.concerned(ModelName.ENGAGEMENT, features);
        double[] probabilities = ensemble.probabilities(features);
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = concerned[i] ? probabilities[i] : Double.NaN;
        }
        return probabilities;
    }

    @Override
    public byte[] toBytes() {
        return JSON.writeValueAsBytes(
                new Artefact(RecipeName.MISSION.wireName(), schema, horizonDays, ensemble.toArtefact()));
    }

    /** From {@link #toBytes()}. */
    public static FixedEngagement load(byte[] bytes) {
        Artefact artefact = JSON.readValue(bytes, Artefact.class);
        return new FixedEngagement(artefact.schema(), artefact.horizonDays(), ForestAndNet.load(artefact.ensemble()));
    }

    @Override
    public void close() {
        ensemble.close();
    }
}
