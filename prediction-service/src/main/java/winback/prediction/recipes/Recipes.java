package winback.prediction.recipes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.churn.ChurnModel;
import winback.prediction.correction.Correction;
import winback.prediction.engagement.EngagementModel;
import winback.prediction.fixed.FixedChurn;
import winback.prediction.fixed.FixedEngagement;
import winback.prediction.fixed.FixedValue;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.value.ValueModel;

/** Fits and loads models. */
@Component
public class Recipes {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RecipeSettings settings;

    Recipes(RecipeSettings settings) {
        this.settings = settings;
    }

    /** The recipe as this deployment has it configured. */
    public ModelOptions options(int horizonDays) {
        return new ModelOptions(horizonDays, settings.toOptions());
    }

    /** Fits the model of that name; see {@link ValueModel#fit}, {@link ChurnModel#fit}, {@link EngagementModel#fit}. */
    public Model fit(ModelName name, List<Sample> labelled, Sample newest, ModelOptions options) {
        return switch (name) {
            case CHURN -> ChurnModel.fit(labelled, newest, options);
            case VALUE -> ValueModel.fit(labelled, newest, options);
            case ENGAGEMENT -> EngagementModel.fit(labelled, options);
        };
    }

    /** Fits the mission's ensemble of that name, beside which the served one has to stand. */
    public Model fixed(ModelName name, List<Sample> labelled, ModelOptions options) {
        return switch (name) {
            case CHURN -> FixedChurn.fit(labelled, options);
            case VALUE -> FixedValue.fit(labelled, options);
            case ENGAGEMENT -> FixedEngagement.fit(labelled, options);
        };
    }

    /** The model that {@link Model#toBytes()} gave. */
    public Model load(ModelName name, byte[] artefact) {
        return switch (name) {
            case CHURN -> ChurnModel.load(artefact);
            case VALUE -> ValueModel.load(artefact);
            case ENGAGEMENT -> EngagementModel.load(artefact);
        };
    }

    /** What the registry keeps of a recipe, so that it can be fitted again. */
    public Map<String, Object> parameters(ModelOptions options, Model model) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("boosting", options.trees());
        switch (model) {
            case ValueModel value -> {
                parameters.putAll(correction(value.correction()));
                parameters.put("bgNbd", value.expectation().purchases());
                parameters.put("gammaGamma", value.expectation().values());
                parameters.put("level", value.level());
            }
            case ChurnModel churn -> {
                parameters.putAll(correction(churn.correction()));
                parameters.put("bgNbd", churn.purchases());
                parameters.put("calibration", churn.calibration());
            }
            case EngagementModel engagement -> {
                parameters.putAll(correction(engagement.correction()));
                parameters.put("calibration", engagement.calibration());
            }
            default -> throw new IllegalArgumentException("Unknown model " + model.name());
        }
        return parameters;
    }

    private static Map<String, Object> correction(Correction correction) {
        return Map.of("weights", correction.weights(), "treesUsed", correction.treeCount());
    }

    /** The recipe of a version in the registry, by its {@link #parameters}; threads are this machine's. */
    public ModelOptions recipeOf(Map<String, Object> parameters, int horizonDays) {
        BoostingOptions kept = JSON.convertValue(parameters.get("boosting"), BoostingOptions.class);
        return new ModelOptions(horizonDays, kept.withThreads(settings.threads()));
    }
}
