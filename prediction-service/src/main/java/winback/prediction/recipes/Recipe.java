package winback.prediction.recipes;

import winback.prediction.fixed.FixedChurn;
import winback.prediction.fixed.FixedValue;
import winback.prediction.fixed.ForestAndNet;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.RecipeName;

/** All that a fit is told besides the rows: equal recipes make equal models of equal rows. */
public sealed interface Recipe {

    RecipeName name();

    ModelOptions options();

    /** Whether it cannot learn from customers whose last periods are unknown. */
    default boolean needsPeriods() {
        return false;
    }

    /** The product's own. */
    record Ensemble(ModelOptions options) implements Recipe {
        @Override
        public RecipeName name() {
            return RecipeName.ENSEMBLE;
        }
    }

    /** @param options the horizon, and the seed */
    record MissionChurn(ModelOptions options, FixedChurn.Options mission) implements Recipe {
        @Override
        public RecipeName name() {
            return RecipeName.MISSION;
        }

        @Override
        public boolean needsPeriods() {
            return true;
        }
    }

    /** @param options the horizon, and the seed */
    record MissionValue(ModelOptions options, FixedValue.Options mission) implements Recipe {
        @Override
        public RecipeName name() {
            return RecipeName.MISSION;
        }
    }

    /** @param options the horizon, and the seed */
    record MissionEngagement(ModelOptions options, ForestAndNet.Options mission) implements Recipe {
        @Override
        public RecipeName name() {
            return RecipeName.MISSION;
        }
    }
}
