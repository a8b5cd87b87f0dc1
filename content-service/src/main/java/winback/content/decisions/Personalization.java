package winback.content.decisions;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.content.templates.JsonBytes;
import winback.contracts.ScoresChanged.Score;

/**
 * The answer of the path.
 *
 * @param holdout whether the subscriber is held out: there is no content then
 * @param repeated whether this is an earlier decision that is still live
 * @param content absent for the hold-out; see {@link #json()}
 * @param deliveryTime the estimate, absent for the hold-out
 * @param personalizationScore in [0, 1], see {@link PersonalizationScore}; 0 for the hold-out
 * @param variant absent for the hold-out
 * @param variantVersion likewise
 * @param propensity the probability with which this variant was drawn; 1 for the hold-out
 * @param scores fresh ones by model; empty when unknown
 * @param featuresAsOf absent when no features were known
 * @param fallbacks what took the place of which stage, and why; empty when all was as it should be
 * @param deliverable whether delivery will let a mail go, as far as it is known here
 * @param explanation told when it was asked for
 */
record Personalization(
        String decisionId,
        String subscriberId,
        String campaignId,
        boolean holdout,
        boolean deliver,
        boolean repeated,
        @JsonIgnore @Nullable JsonBytes content,
        @Nullable Instant deliveryTime,
        boolean immediate,
        double personalizationScore,
        @Nullable String variant,
        @Nullable Integer variantVersion,
        double propensity,
        Map<String, Score> scores,
        @Nullable Instant featuresAsOf,
        List<Fallback> fallbacks,
        Deliverable deliverable,
        @JsonIgnore Explanation explanation) {

    private static final byte[] CONTENT = JsonBytes.ascii(",\"content\":");

    /** The answer in UTF-8, ready to be written; the mail in it was made as such. */
    Json json(boolean explained) {
        JsonBytes answer = DecisionJson.bytes(this, explained);
        return content == null ? new Json(answer.raw('}'), null) : new Json(answer.raw(CONTENT), content);
    }

    /**
     * JSON in two pieces.
     *
     * @param mail the last property of {@code rest}, which has no last bracket then
     */
    record Json(JsonBytes rest, @Nullable JsonBytes mail) {

        /** What is JSON already. */
        static Json of(byte[] json) {
            return new Json(new JsonBytes(json.length).raw(json), null);
        }

        /** In bytes. */
        int length() {
            return mail == null ? rest.size() : rest.size() + mail.size() + 1;
        }

        void writeTo(OutputStream out) throws IOException {
            rest.writeTo(out);
            if (mail != null) {
                mail.writeTo(out);
                out.write('}');
            }
        }
    }
}
