package winback.content.decisions;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.content.templates.RenderedMail;
import winback.contracts.ScoresChanged.Score;

/**
 * The answer of the path.
 *
 * @param holdout whether the subscriber is held out: there is no content then
 * @param repeated whether this is an earlier decision that is still live
 * @param content the JSON of a {@link RenderedMail}, absent for the hold-out; see {@link #json()}
 * @param deliveryTime the estimate, absent for the hold-out
 * @param personalizationScore in [0, 1], see {@link PersonalizationScore}; 0 for the hold-out
 * @param variant absent for the hold-out
 * @param variantVersion likewise
 * @param propensity the probability with which this variant was drawn; 1 for the hold-out
 * @param scores fresh ones by model; empty when unknown
 * @param featuresAsOf absent when no features were known
 * @param fallbacks what was not used and why: {@code unknown-subscriber}, {@code stale-features}, {@code stale-scores},
 *     {@code rendered-with-defaults}
 * @param deliverable what delivery will ask for; it decides by its own knowledge at the due time
 */
@SuppressWarnings("ArrayRecordComponent") // bytes, compared nowhere
record Personalization(
        String decisionId,
        String subscriberId,
        String campaignId,
        boolean holdout,
        boolean deliver,
        boolean repeated,
        @JsonIgnore byte @Nullable [] content,
        @Nullable Instant deliveryTime,
        boolean immediate,
        double personalizationScore,
        @Nullable String variant,
        @Nullable Integer variantVersion,
        double propensity,
        Map<String, Score> scores,
        @Nullable Instant featuresAsOf,
        List<String> fallbacks,
        Deliverable deliverable) {

    private static final byte[] CONTENT = ",\"content\":".getBytes(StandardCharsets.US_ASCII);

    /** The answer in UTF-8; the mail in it was made as such. */
    byte[] json() {
        byte[] rest = DecisionJson.bytes(this);
        byte[] mail = content;
        if (mail == null) {
            return rest;
        }
        byte[] all = Arrays.copyOf(rest, rest.length + CONTENT.length + mail.length);
        int at = rest.length - 1;
        System.arraycopy(CONTENT, 0, all, at, CONTENT.length);
        System.arraycopy(mail, 0, all, at + CONTENT.length, mail.length);
        all[all.length - 1] = '}';
        return all;
    }

    /**
     * @param consent whether mail for marketing was agreed to
     * @param address whether an address is known
     */
    record Deliverable(boolean consent, boolean address) {}
}
