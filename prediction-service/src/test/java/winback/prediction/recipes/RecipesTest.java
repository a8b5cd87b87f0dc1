package winback.prediction.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import winback.prediction.SimulatedShop;
import winback.prediction.churn.ChurnModel;
import winback.prediction.fixed.FixedChurn;
import winback.prediction.fixed.FixedValue;
import winback.prediction.fixed.ForestAndNet;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.RecipeName;
import winback.prediction.models.Sample;

class RecipesTest {

    private static Recipes configured(String... properties) {
        Map<String, String> map = Arrays.stream(properties)
                .map(property -> property.split("=", 2))
                .collect(Collectors.toMap(property -> property[0], property -> property[1]));
        Binder binder = new Binder(new MapConfigurationPropertySource(map));
        return new Recipes(
                binder.bindOrCreate("winback.boosting", RecipeSettings.class),
                binder.bindOrCreate("winback.recipes", SelectionSettings.class));
    }

    @Test
    void withoutConfigurationTheProductsOwnRecipesAreFollowedAndTheMissionsAreAsItHasThem() {
        Recipes recipes = configured();
        for (ModelName name : ModelName.values()) {
            assertThat(recipes.recipe(name, null, 30)).isEqualTo(new Recipe.Ensemble(recipes.options(30)));
        }
        assertThat(recipes.recipe(ModelName.CHURN, RecipeName.MISSION, 30))
                .isEqualTo(new Recipe.MissionChurn(recipes.options(30), FixedChurn.Options.MISSION));
        assertThat(recipes.recipe(ModelName.VALUE, RecipeName.MISSION, 30))
                .isEqualTo(new Recipe.MissionValue(recipes.options(30), FixedValue.Options.MISSION));
        assertThat(recipes.recipe(ModelName.ENGAGEMENT, RecipeName.MISSION, 7))
                .isEqualTo(new Recipe.MissionEngagement(recipes.options(7), ForestAndNet.Options.MISSION));
    }

    @Test
    void recipesAndTheirNumbersAreConfigured() {
        Recipes recipes = configured(
                "winback.recipes.churn=mission",
                "winback.recipes.mission.churn.anomaly-weight=.5",
                "winback.recipes.mission.churn.units=16, 8, 4",
                "winback.recipes.mission.value.depth=6",
                "winback.recipes.engagement=mission",
                "winback.recipes.mission.engagement.forest-weight=.5");
        assertThat(recipes.recipe(ModelName.ENGAGEMENT, null, 7))
                .isEqualTo(new Recipe.MissionEngagement(
                        recipes.options(7), new ForestAndNet.Options(.5, 200, List.of(128, 64, 32), .3, false)));
        assertThat(recipes.recipe(ModelName.CHURN, null, 30))
                .isEqualTo(new Recipe.MissionChurn(
                        recipes.options(30), new FixedChurn.Options(.5, 100, .1, List.of(16, 8, 4), false)));
        assertThat(recipes.recipe(ModelName.CHURN, RecipeName.ENSEMBLE, 30).name())
                .as("a training's own word goes first")
                .isEqualTo(RecipeName.ENSEMBLE);
        assertThat(recipes.recipe(ModelName.VALUE, null, 30).name()).isEqualTo(RecipeName.ENSEMBLE);
        assertThat(recipes.recipe(ModelName.VALUE, RecipeName.MISSION, 30))
                .isEqualTo(new Recipe.MissionValue(
                        recipes.options(30), new FixedValue.Options(.7, 500, 6, List.of(256, 128, 64, 32), .3)));
    }

    @Test
    void whatIsNoRecipeIsRefusedByTheNameOfItsProperty() {
        assertThatThrownBy(() -> configured("winback.recipes.mission.churn.contamination=.9"))
                .hasMessage("winback.recipes.mission.churn: Invalid contamination, expected above 0 to .5: 0.9");
        assertThatThrownBy(() -> configured("winback.recipes.mission.value.units=0"))
                .hasMessage("winback.recipes.mission.value: Invalid units, expected 1 to 8 numbers, 1 to 4096: [0]");
        assertThatThrownBy(() -> configured("winback.recipes.value=best")).isInstanceOf(BindException.class);
    }

    @Test
    void anArtefactIsLoadedByTheRecipeThatMadeIt() {
        Recipes recipes = configured("winback.boosting.max-trees=10", "winback.recipes.mission.value.trees=10");
        SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 300, 300, 5);
        List<Sample> labelled = List.of(shop.sample(200, 30));
        Sample newest = shop.sample(299, 0);
        for (RecipeName name : RecipeName.values()) {
            try (Model made =
                            recipes.fit(ModelName.VALUE, labelled, newest, recipes.recipe(ModelName.VALUE, name, 30));
                    Model loaded = recipes.load(ModelName.VALUE, made.toBytes())) {
                assertThat(loaded).isExactlyInstanceOf(made.getClass());
                assertThat(loaded.predict(newest.features())).isEqualTo(made.predict(newest.features()));
            }
        }
        // Of before artefacts said what they are.
        try (Model churn = ChurnModel.fit(labelled, newest, recipes.options(30))) {
            assertThat(new String(churn.toBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .doesNotContain("\"recipe\"");
            recipes.load(ModelName.CHURN, churn.toBytes()).close();
        }
        assertThatThrownBy(() -> recipes.load(
                        ModelName.CHURN,
                        "{\"recipe\": \"of-tomorrow\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .hasMessageContaining("of-tomorrow");
    }
}
