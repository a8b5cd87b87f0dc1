package winback.prediction.recipes;

import java.util.List;
import java.util.function.Supplier;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import winback.prediction.fixed.FixedChurn;
import winback.prediction.fixed.FixedValue;
import winback.prediction.fixed.ForestAndNet;
import winback.prediction.models.ModelName;
import winback.prediction.models.RecipeName;

/**
 * Which recipe trainings follow that do not say, and what the mission's are made of.
 *
 * @param churn by default the product's own
 * @param value likewise
 * @param engagement likewise
 */
@ConfigurationProperties("winback.recipes")
record SelectionSettings(
        @DefaultValue("ensemble") RecipeName churn,
        @DefaultValue("ensemble") RecipeName value,
        @DefaultValue("ensemble") RecipeName engagement,
        @DefaultValue Mission mission) {

    private static final String PREFIX = "winback.recipes.mission.";

    /** The numbers of the mission's ensembles; the defaults are the mission's. */
    record Mission(
            @DefaultValue Churn churn,
            @DefaultValue Value value,
            @DefaultValue Engagement engagement) {}

    /** See {@link FixedChurn.Options}. */
    record Churn(
            @DefaultValue(".4") double anomalyWeight,
            @DefaultValue("100") int trees,
            @DefaultValue(".1") double contamination,
            @DefaultValue({"128", "64", "32"}) List<Integer> units,
            @DefaultValue("false") boolean balanced) {}

    /** See {@link FixedValue.Options}. */
    record Value(
            @DefaultValue(".7") double treesWeight,
            @DefaultValue("500") int trees,
            @DefaultValue("8") int depth,
            @DefaultValue({"256", "128", "64", "32"}) List<Integer> units,
            @DefaultValue(".3") double dropout) {}

    /** See {@link ForestAndNet.Options}. */
    record Engagement(
            @DefaultValue(".6") double forestWeight,
            @DefaultValue("200") int trees,
            @DefaultValue({"128", "64", "32"}) List<Integer> units,
            @DefaultValue(".3") double dropout,
            @DefaultValue("false") boolean balanced) {}

    RecipeName of(ModelName name) {
        return switch (name) {
            case CHURN -> churn;
            case VALUE -> value;
            case ENGAGEMENT -> engagement;
        };
    }

    /** @throws IllegalArgumentException with the property's name */
    FixedChurn.Options missionChurn() {
        Churn said = mission.churn();
        return named(
                "churn",
                () -> new FixedChurn.Options(
                        said.anomalyWeight(), said.trees(), said.contamination(), said.units(), said.balanced()));
    }

    /** @throws IllegalArgumentException with the property's name */
    FixedValue.Options missionValue() {
        Value said = mission.value();
        return named(
                "value",
                () -> new FixedValue.Options(
                        said.treesWeight(), said.trees(), said.depth(), said.units(), said.dropout()));
    }

    /** @throws IllegalArgumentException with the property's name */
    ForestAndNet.Options missionEngagement() {
        Engagement said = mission.engagement();
        return named(
                "engagement",
                () -> new ForestAndNet.Options(
                        said.forestWeight(), said.trees(), said.units(), said.dropout(), said.balanced()));
    }

    private static <T> T named(String what, Supplier<T> options) {
        try {
            return options.get();
        } catch (IllegalArgumentException invalid) {
            throw new IllegalArgumentException(PREFIX + what + ": " + invalid.getMessage(), invalid);
        }
    }
}
