package winback.benchmarks.predict;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.churn.ChurnModel;
import winback.prediction.engagement.EngagementModel;
import winback.prediction.fixed.FixedChurn;
import winback.prediction.fixed.FixedEngagement;
import winback.prediction.fixed.FixedValue;
import winback.prediction.fixed.ForestAndNet;
import winback.prediction.models.Model;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.value.ValueModel;

/**
 * What is asked about a subscriber, and how that is fitted and loaded: as it is served, and by the mission's recipe.
 */
enum Question {
    CHURN(
            30,
            ChurnModel::fit,
            ChurnModel::load,
            (labelled, options) -> FixedChurn.fit(labelled, options, FixedChurn.Options.MISSION),
            FixedChurn::load),
    VALUE(
            365,
            ValueModel::fit,
            ValueModel::load,
            (labelled, options) -> FixedValue.fit(labelled, options, FixedValue.Options.MISSION),
            FixedValue::load),
    ENGAGEMENT(
            7,
            (labelled, newest, options) -> EngagementModel.fit(labelled, options),
            EngagementModel::load,
            (labelled, options) -> FixedEngagement.fit(labelled, options, ForestAndNet.Options.MISSION),
            FixedEngagement::load);

    /** Which of the two ensembles. */
    enum Kind {
        SERVED,
        RECIPE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The defaults of {@code winback.boosting}. */
    static final BoostingOptions BOOSTING = new BoostingOptions(320, 3, .05, 5, .7, .7, 1, 5, 7, 1);

    @FunctionalInterface
    private interface Fit {
        Model of(List<Sample> labelled, Sample newest, ModelOptions options);
    }

    @FunctionalInterface
    private interface FixedFit {
        Model of(List<Sample> labelled, ModelOptions options);
    }

    private final int horizonDays;
    private final Fit served;
    private final Function<byte[], Model> loadServed;
    private final FixedFit recipe;
    private final Function<byte[], Model> loadRecipe;

    Question(
            int horizonDays,
            Fit served,
            Function<byte[], Model> loadServed,
            FixedFit recipe,
            Function<byte[], Model> loadRecipe) {
        this.horizonDays = horizonDays;
        this.served = served;
        this.loadServed = loadServed;
        this.recipe = recipe;
        this.loadRecipe = loadRecipe;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    Model fit(Kind kind, List<Sample> labelled, Sample newest) {
        ModelOptions options = new ModelOptions(horizonDays, BOOSTING);
        return switch (kind) {
            case SERVED -> served.of(labelled, newest, options);
            case RECIPE -> recipe.of(labelled, options);
        };
    }

    /** From {@link Model#toBytes()}. */
    Model load(Kind kind, byte[] artefact) {
        return switch (kind) {
            case SERVED -> loadServed.apply(artefact);
            case RECIPE -> loadRecipe.apply(artefact);
        };
    }
}
