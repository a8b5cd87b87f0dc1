package winback.prediction.alerts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * @param model such as {@code churn}
 * @param version such as {@code churn-3}: the one that was served when the value was last taken
 * @param kind see {@link Kind#wireName()}
 * @param subject what of the model, such as a feature's name; one alert at a time is open for it
 * @param value as last taken
 * @param threshold that the value is above; of the last time too
 * @param sentence for people, without personal data
 * @param updatedAt when the value was last taken
 * @param closedAt absent while it is open
 * @param closing why it was closed, in a sentence; absent while it is open
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Alert(
        String alertId,
        String model,
        String version,
        String kind,
        String subject,
        double value,
        double threshold,
        String sentence,
        Instant openedAt,
        Instant updatedAt,
        @Nullable Instant closedAt,
        @Nullable String closing) {

    /** What can be wrong with a model that is served. */
    public enum Kind {
        /** A feature is distributed otherwise than in the rows that the model was fitted on. */
        FEATURE,
        /** The scores are. */
        SCORE,
        /** What happened is not what was predicted. */
        OUTCOMES;

        /** As in answers, metrics and the database. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is wrong now. */
    public record Finding(String subject, double value, double threshold, String sentence) {}
}
