package winback.content.decisions;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why an answer is as it is.
 *
 * @param policy what chose: {@code thompson} looks at the variants' records with the kind of reader; {@code uniform} at nothing;
 *     {@code holdout} is a fixed property of campaign and subscriber
 * @param reader the kind of reader, life-cycle stage and disposition of the profile: the only thing of the subscriber that can move the
 *     choice; absent when it is not known
 * @param alternatives the probability with which each live variant would have been chosen; empty for the hold-out and for an
 *     earlier decision, of which {@code GET /v1/decisions/{id}} tells them
 * @param forEverybody what the alternatives would be for somebody of whom nothing is known, so that it shows how the kind of
 *     reader moved the choice; empty where it did not, and where there are no alternatives
 * @param score absent for the hold-out and for an earlier decision
 */
record Explanation(
        String policy,
        @Nullable String reader,
        Map<String, Double> alternatives,
        Map<String, Double> forEverybody,
        @JsonIgnore @Nullable PersonalizationScore score) {

    /** Of the personalisation score; worked out only when they are told. */
    @JsonProperty
    List<PersonalizationScore.Part> scoreParts() {
        return score == null ? List.of() : score.parts();
    }
}
