package winback.content.decisions;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.content.campaigns.Campaign;
import winback.content.policy.Policy;
import winback.content.taste.Taste;

/**
 * Why an answer is as it is.
 *
 * @param policy what chose: {@code thompson} looks at the variants' records with the kind of reader; {@code uniform} at nothing;
 *     {@code holdout} is a fixed property of campaign and subscriber
 * @param reader the kind of reader, life-cycle stage and disposition of the profile: the only thing of the subscriber that can move the
 *     choice; absent when it is not known
 * @param alternatives the probability with which each live variant would have been chosen; empty for the hold-out and for an
 *     earlier decision, of which {@code GET /v1/decisions/{id}} tells them
 * @param moved how the kind of reader moved the choice
 * @param score absent for the hold-out and for an earlier decision
 */
record Explanation(
        String policy,
        @Nullable String reader,
        Map<String, Double> alternatives,
        @JsonIgnore Moved moved,
        @JsonIgnore @Nullable PersonalizationScore score) {

    /**
     * What of a reader's kind the probabilities rest on.
     *
     * @param forEverybody what they would be for somebody of whom nothing is known; empty where that is the same
     * @param byProfile whether stage and disposition do: this kind of reader has answered enough
     * @param byTaste whether the subscriber's own answers do
     */
    record Moved(Map<String, Double> forEverybody, boolean byProfile, boolean byTaste) {

        static final Moved NOT = new Moved(Map.of(), false, false);

        static Moved of(Campaign campaign, @Nullable String reader) {
            Policy forAll = campaign.policy();
            Policy chosen = campaign.policy(reader);
            if (reader == null || forAll == null || chosen == forAll) {
                return NOT;
            }
            Policy ofKind = campaign.policy(Taste.kind(reader));
            return new Moved(forAll.probabilities(), ofKind != forAll, chosen != ofKind);
        }
    }

    /** What the alternatives would be for somebody of whom nothing is known; empty where that is the same. */
    @JsonProperty
    Map<String, Double> forEverybody() {
        return moved.forEverybody();
    }

    /** What of the subscriber moved the choice, each with its value: {@code lifecycle}, {@code disposition}, {@code taste}. */
    @JsonProperty
    Map<String, String> movedBy() {
        Map<String, String> by = new LinkedHashMap<>();
        if (reader == null) {
            return by;
        }
        if (moved.byProfile()) {
            String[] profile = Taste.kind(reader).split("/", 2);
            by.put("lifecycle", profile[0]);
            if (profile.length > 1) {
                by.put("disposition", profile[1]);
            }
        }
        Taste taste = Taste.of(reader);
        if (moved.byTaste() && taste != null) {
            by.put("taste", taste.name().toLowerCase(Locale.ROOT));
        }
        return by;
    }

    /** Of the personalisation score; worked out only when they are told. */
    @JsonProperty
    List<PersonalizationScore.Part> scoreParts() {
        return score == null ? List.of() : score.parts();
    }
}
