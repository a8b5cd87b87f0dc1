package winback.contracts;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One decision of the personalisation path. With the variant's version and the inputs the mail can be rendered again
 * byte for byte; the mail itself travels only in {@link DeliveryDue}.
 *
 * @param holdout whether the subscriber belongs to the campaign's hold-out: nothing is sent, the decision is the record
 *     of it
 * @param variantId absent for the hold-out
 * @param variantVersion absent for the hold-out
 * @param propensity the probability with which this variant was drawn, in (0, 1]; 1 for the hold-out, whose membership
 *     is a fixed property of the subscriber
 * @param probabilities the probabilities of all variants that were drawn from; empty for the hold-out
 * @param policy what chose, such as {@code thompson} or {@code holdout}
 * @param deliver whether delivery-service shall schedule it; false means that the caller sends it
 * @param immediate whether it may go as soon as consent, caps and quiet hours allow, without waiting for the best hour
 * @param decidedAt when
 * @param featuresAsOf the instant of the features used, absent when none were known
 * @param deliveryTime the estimate given in the answer, absent for the hold-out
 * @param personalizationScore in [0, 1]
 * @param inputs what the template was rendered with
 * @param runId the campaign run that it belongs to, absent when it was asked for by itself
 * @param reader the kind of reader that the choice was made for, life-cycle stage and disposition such as
 *     {@code lapsed/bargain}, with {@code +calm} or {@code +lively} for a taste of the subscriber's own; absent when nothing
 *     was known
 */
public record ContentDecided(
        String decisionId,
        String subscriberId,
        String campaignId,
        boolean holdout,
        @Nullable String variantId,
        @Nullable Integer variantVersion,
        double propensity,
        Map<String, Double> probabilities,
        String policy,
        boolean deliver,
        boolean immediate,
        Instant decidedAt,
        @Nullable Instant featuresAsOf,
        @Nullable Instant deliveryTime,
        double personalizationScore,
        Map<String, @Nullable Object> inputs,
        @Nullable String runId,
        @Nullable String reader)
        implements Event {

    /** The same of the id that its subscriber goes by after a merge. */
    public ContentDecided withSubscriberId(String subscriberId) {
        return subscriberId.equals(this.subscriberId) ? this : with(subscriberId, probabilities);
    }

    /** The same without the probabilities of the variants that were not chosen. */
    public ContentDecided withoutProbabilities() {
        return with(subscriberId, Map.of());
    }

    private ContentDecided with(String subscriberId, Map<String, Double> probabilities) {
        return new ContentDecided(
                decisionId,
                subscriberId,
                campaignId,
                holdout,
                variantId,
                variantVersion,
                propensity,
                probabilities,
                policy,
                deliver,
                immediate,
                decidedAt,
                featuresAsOf,
                deliveryTime,
                personalizationScore,
                inputs,
                runId,
                reader);
    }

    @Override
    public EventType eventType() {
        return EventType.CONTENT_DECIDED;
    }

    @Override
    public String eventId() {
        return "decision:" + decisionId;
    }

    @Override
    public Instant eventTime() {
        return decidedAt;
    }

    @Override
    public String eventKey() {
        return subscriberId;
    }
}
