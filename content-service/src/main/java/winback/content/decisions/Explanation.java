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
 * @param holdoutShare of the campaign, in (0, .5]; absent but for the hold-out
 * @param campaign by which was chosen; absent for the hold-out, for an earlier decision and where there was no time for it
 * @param score absent for the hold-out and for an earlier decision
 */
record Explanation(
        String policy,
        @Nullable String reader,
        Map<String, Double> alternatives,
        @Nullable Double holdoutShare,
        @JsonIgnore @Nullable Campaign campaign,
        @JsonIgnore @Nullable PersonalizationScore score) {

    /** What the alternatives would be for somebody of whom nothing is known; empty where that is the same. */
    @JsonProperty
    Map<String, Double> forEverybody() {
        Policy forAll = campaign == null ? null : campaign.policy();
        return forAll == null || chosen() == forAll ? Map.of() : forAll.probabilities();
    }

    private @Nullable Policy chosen() {
        return campaign == null ? null : campaign.policy(reader);
    }

    /** What of the subscriber moved the choice, each with its value: {@code lifecycle}, {@code disposition}, {@code taste}. */
    @JsonProperty
    Map<String, String> movedBy() {
        Map<String, String> by = new LinkedHashMap<>();
        if (reader == null || campaign == null) {
            return by;
        }
        String kind = Taste.kind(reader);
        Policy ofKind = campaign.policy(kind);
        if (ofKind != campaign.policy()) {
            String[] profile = kind.split("/", 2);
            by.put("lifecycle", profile[0]);
            if (profile.length > 1) {
                by.put("disposition", profile[1]);
            }
        }
        Taste taste = Taste.of(reader);
        if (taste != null && chosen() != ofKind) {
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
