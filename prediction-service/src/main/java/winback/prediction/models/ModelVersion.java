package winback.prediction.models;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the registry knows of a fitted model, its artefact apart.
 *
 * @param version such as {@code churn-3}
 * @param live whether it is served
 * @param verdict why it is, or is not, in a sentence
 * @param window what it was fitted on
 * @param lineage where it came from
 * @param parameters of the fit, its seed among them
 * @param metrics of the time-split back-test of this recipe
 * @param importance of the groups of features in that back-test; absent when nobody said what groups there are
 */
public record ModelVersion(
        String version,
        ModelName name,
        int number,
        Instant createdAt,
        boolean live,
        String verdict,
        int horizonDays,
        Window window,
        FeatureSchema schema,
        Lineage lineage,
        Map<String, Object> parameters,
        Map<String, Object> metrics,
        @Nullable Importance importance) {

    /** The parameter that says the {@linkplain RecipeName recipe}. */
    public static final String RECIPE = "recipe";

    /** How it was made; versions of before there were two recipes were made by the product's own. */
    public String recipe() {
        return parameters.getOrDefault(RECIPE, RecipeName.ENSEMBLE.wireName()).toString();
    }

    /**
     * @param jobId the training that made it
     * @param parent the live version at that time; absent when there was none, or before it was noted
     * @param tookMillis from its rows being there to its registration; absent before it was noted
     */
    public record Lineage(
            String jobId, @Nullable String parent, @Nullable Long tookMillis) {}

    /**
     * @param labelDays the days after the cutoff whose orders are the labels
     * @param fitCutoff the newest cutoff with labels
     * @param labelsUntil nothing after this instant was learned from
     * @param rows customers at the newest cutoff with labels
     */
    public record Window(int labelDays, Instant fitCutoff, Instant labelsUntil, int rows) {

        /** How many times as far as the outcomes go something can be said about: with labels of a third of the history, twice the history. */
        private static final int TIMES = 6;

        /** The longest horizon that outcomes over so many days say anything of. */
        public static int reachDays(int labelDays) {
            return TIMES * labelDays;
        }
    }
}
