package winback.prediction.explanation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import winback.prediction.SimulatedShop;
import winback.prediction.attribution.Attribution;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.churn.ChurnModel;
import winback.prediction.correction.Correction;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Model;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.value.ValueModel;

/** What models say of a score adds up to it. */
class ExplainedModelsTest {

    private static final ModelOptions OPTIONS =
            new ModelOptions(30, new BoostingOptions(40, 3, .15, 5, .7, .7, 1, 3, 7, 1));

    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 2_000, 600, 12);
    private final List<Sample> labelled = List.of(sample(340, 30), sample(355, 15));
    private final Sample newest = shop.sample(370, 0);

    /** Beyond what purchases tell, a feature matters: who is high there buys less, and in the middle hardly ever. */
    private Sample sample(int day, int labelDays) {
        List<SimulatedShop.Row> rows = shop.rows(day, labelDays).stream()
                .map(row -> {
                    double noise = row.features()[row.features().length - 1];
                    boolean stays = (noise < .4 || noise > .6) && row.orders() > 2 * noise;
                    return new SimulatedShop.Row(
                            row.subscriberId(),
                            row.features(),
                            stays ? row.orders() : 0,
                            stays ? row.spend() * (2 - noise) : 0);
                })
                .toList();
        return SimulatedShop.sample(rows, day, labelDays);
    }

    private static void addsUp(Model model, float[][] rows) {
        double[] predictions = model.predict(rows);
        for (int i = 0; i < rows.length; i++) {
            Attribution parts = model.explain(rows[i]).orElseThrow();
            double sum = parts.base()
                    + parts.guess()
                    + Arrays.stream(parts.features()).sum();
            double margin = switch (parts.scale()) {
                case LOG_ODDS -> Math.log(predictions[i] / (1 - predictions[i]));
                case LOG -> Math.log(predictions[i]);
                case SCORE -> predictions[i];
            };
            assertThat(sum).isCloseTo(margin, within(1e-6));
            assertThat(parts.other()).isZero();
        }
    }

    private static float[][] withGaps(float[][] rows) {
        float[][] changed = Arrays.stream(rows).map(float[]::clone).toArray(float[][]::new);
        int value = SimulatedShop.SCHEMA.column(FeatureSchema.ORDER_DAY_VALUE_MEAN);
        for (int i = 0; i < changed.length; i += 3) {
            changed[i][value] = Float.NaN;
            changed[i][changed[i].length - 1] = Float.POSITIVE_INFINITY;
        }
        return changed;
    }

    @Test
    void baseAndContributionsAddUpToTheScoresMargin() {
        try (ChurnModel churn = ChurnModel.fit(labelled, newest, OPTIONS);
                ValueModel value = ValueModel.fit(labelled, newest, OPTIONS)) {
            for (Model model : List.of(churn, value)) {
                addsUp(model, newest.features());
                addsUp(model, withGaps(newest.features()));
            }
            for (Correction.Weights weights :
                    List.of(churn.correction().weights(), value.correction().weights())) {
                assertThat(Math.min(weights.linear(), weights.trees()))
                        .as("otherwise not every member was explained: " + weights)
                        .isPositive();
            }
        }
    }

    @Test
    void theUsualCustomerIsTheMeanOfAll() {
        try (ValueModel model = ValueModel.fit(labelled, newest, OPTIONS)) {
            List<Attribution> all = Arrays.stream(newest.features())
                    .map(row -> model.explain(row).orElseThrow())
                    .toList();
            assertThat(all.stream().mapToDouble(Attribution::guess).average().orElseThrow())
                    .isCloseTo(0, within(1e-5));
            assertThat(all.stream().mapToDouble(Attribution::guess).max().orElseThrow())
                    .isGreaterThan(.5);
        }
    }

    @Test
    void whoNeverOrderedHasNothingToExplain() {
        try (ChurnModel model = ChurnModel.fit(labelled, newest, OPTIONS)) {
            float[] row = newest.features()[0].clone();
            row[SimulatedShop.SCHEMA.column(FeatureSchema.ORDER_DAYS)] = 0;
            assertThat(model.explain(row)).isEmpty();
        }
    }

    /** No mean guess and no shares of gaps were kept, so the base is another one, but everything still adds up. */
    @Test
    void modelsOfBeforeExplanationsAreExplainedToo() {
        try (ChurnModel model = ChurnModel.fit(labelled, newest, OPTIONS)) {
            ObjectNode kept = (ObjectNode) JsonMapper.shared().readTree(model.toBytes());
            kept.remove("usualGuess");
            if (kept.get("correction").get("linear") instanceof ObjectNode linear) {
                ((ObjectNode) linear.get("standardisation")).remove("unknown");
            }
            try (ChurnModel old = ChurnModel.load(JsonMapper.shared().writeValueAsBytes(kept))) {
                assertThat(old.predict(newest.features())).containsExactly(model.predict(newest.features()));
                addsUp(old, newest.features());
            }
        }
    }
}
