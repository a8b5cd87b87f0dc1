package winback.content.decisions;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why an answer is as it is.
 *
 * @param policy what chose: {@code thompson} looks at the variants' records alone, so no feature of the subscriber moves the
 *     choice; {@code uniform} at nothing; {@code holdout} is a fixed property of campaign and subscriber
 * @param alternatives the probability with which each live variant would have been chosen; empty for the hold-out and for an
 *     earlier decision, of which {@code GET /v1/decisions/{id}} tells them
 * @param score absent for the hold-out and for an earlier decision
 */
record Explanation(
        String policy,
        Map<String, Double> alternatives,
        @JsonIgnore @Nullable PersonalizationScore score) {

    /** Of the personalisation score; worked out only when they are told. */
    @JsonProperty
    List<PersonalizationScore.Part> scoreParts() {
        return score == null ? List.of() : score.parts();
    }
}
