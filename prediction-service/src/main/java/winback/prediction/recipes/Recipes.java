package winback.prediction.recipes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.churn.ChurnModel;
import winback.prediction.correction.Correction;
import winback.prediction.engagement.EngagementModel;
import winback.prediction.fixed.FixedChurn;
import winback.prediction.fixed.FixedEngagement;
import winback.prediction.fixed.FixedValue;
import winback.prediction.fixed.ForestAndNet;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.ModelVersion;
import winback.prediction.models.RecipeName;
import winback.prediction.models.Sample;
import winback.prediction.value.ValueModel;

/** Fits and loads models. */
@Component
public class Recipes {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RecipeSettings settings;
    private final SelectionSettings selection;
    private final FixedChurn.Options missionChurn;
    private final FixedValue.Options missionValue;
    private final ForestAndNet.Options missionEngagement;

    /** @throws IllegalArgumentException when what is configured is no recipe */
    Recipes(RecipeSettings settings, SelectionSettings selection) {
        this.settings = settings;
        this.selection = selection;
        this.missionChurn = selection.missionChurn();
        this.missionValue = selection.missionValue();
        this.missionEngagement = selection.missionEngagement();
    }

    /**
     * What a training follows, as this deployment has it configured.
     *
     * @param asked absent for the one that is configured
     */
    public Recipe recipe(ModelName name, @Nullable RecipeName asked, int horizonDays) {
        return switch (asked == null ? selection.of(name) : asked) {
            case ENSEMBLE -> new Recipe.Ensemble(options(horizonDays));
            case MISSION -> mission(name, options(horizonDays));
        };
    }

    private Recipe mission(ModelName name, ModelOptions options) {
        return switch (name) {
            case CHURN -> new Recipe.MissionChurn(options, missionChurn);
            case VALUE -> new Recipe.MissionValue(options, missionValue);
            case ENGAGEMENT -> new Recipe.MissionEngagement(options, missionEngagement);
        };
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

    /** Fits a model by any recipe. */
    public Model fit(ModelName name, List<Sample> labelled, Sample newest, Recipe recipe) {
        return switch (recipe) {
            case Recipe.Ensemble own -> fit(name, labelled, newest, own.options());
            case Recipe.MissionChurn churn -> FixedChurn.fit(labelled, churn.options(), churn.mission());
            case Recipe.MissionValue value -> FixedValue.fit(labelled, value.options(), value.mission());
            case Recipe.MissionEngagement engagement ->
                FixedEngagement.fit(labelled, engagement.options(), engagement.mission());
        };
    }

    /** Fits the mission's ensemble of that name, beside which the served one has to stand. */
    public Model fixed(ModelName name, List<Sample> labelled, ModelOptions options) {
        return fit(name, labelled, labelled.getLast(), mission(name, options));
    }

    /** What an artefact says of itself; those of before there were two recipes say nothing. */
    private record Said(@Nullable String recipe) {}

    /**
     * The model that {@link Model#toBytes()} gave, by whichever recipe.
     *
     * @throws RuntimeException when this release cannot load it
     */
    public Model load(ModelName name, byte[] artefact) {
        return switch (recipeName(JSON.readValue(artefact, Said.class).recipe())) {
            case ENSEMBLE ->
                switch (name) {
                    case CHURN -> ChurnModel.load(artefact);
                    case VALUE -> ValueModel.load(artefact);
                    case ENGAGEMENT -> EngagementModel.load(artefact);
                };
            case MISSION ->
                switch (name) {
                    case CHURN -> FixedChurn.load(artefact);
                    case VALUE -> FixedValue.load(artefact);
                    case ENGAGEMENT -> FixedEngagement.load(artefact);
                };
        };
    }

    private static RecipeName recipeName(@Nullable String said) {
        return said == null
                ? RecipeName.ENSEMBLE
                : RecipeName.ofWireName(said).orElseThrow(() -> new IllegalArgumentException("Unknown recipe " + said));
    }

    private static final String MISSION = "mission";

    /** What the registry keeps of a recipe, so that it can be fitted again. */
    public Map<String, Object> parameters(Recipe recipe, Model model) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put(ModelVersion.RECIPE, recipe.name().wireName());
        parameters.put("boosting", recipe.options().trees());
        switch (recipe) {
            case Recipe.Ensemble own -> parameters.putAll(fitted(model));
            case Recipe.MissionChurn churn -> parameters.put(MISSION, churn.mission());
            case Recipe.MissionValue value -> parameters.put(MISSION, value.mission());
            case Recipe.MissionEngagement engagement -> parameters.put(MISSION, engagement.mission());
        }
        return parameters;
    }

    private static Map<String, Object> fitted(Model model) {
        Map<String, Object> parameters = new LinkedHashMap<>();
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
    public Recipe recipeOf(ModelVersion version, int horizonDays) {
        BoostingOptions kept = JSON.convertValue(version.parameters().get("boosting"), BoostingOptions.class);
        ModelOptions options = new ModelOptions(horizonDays, kept.withThreads(settings.threads()));
        Object mission = version.parameters().get(MISSION);
        return switch (recipeName(version.recipe())) {
            case ENSEMBLE -> new Recipe.Ensemble(options);
            case MISSION ->
                switch (version.name()) {
                    case CHURN ->
                        new Recipe.MissionChurn(options, JSON.convertValue(mission, FixedChurn.Options.class));
                    case VALUE ->
                        new Recipe.MissionValue(options, JSON.convertValue(mission, FixedValue.Options.class));
                    case ENGAGEMENT ->
                        new Recipe.MissionEngagement(options, JSON.convertValue(mission, ForestAndNet.Options.class));
                };
        };
    }
}
