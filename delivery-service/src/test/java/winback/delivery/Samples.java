package winback.delivery;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.contracts.ActivityApplied;
import winback.contracts.ActivityType;
import winback.contracts.ContentDecided;
import winback.contracts.ProfileChanged;
import winback.contracts.TimePrecision;

/** Events as the neighbours publish them. */
final class Samples {

    private Samples() {}

    static String addressOf(String subscriberId) {
        return subscriberId + "@example.invalid";
    }

    static ProfileChanged profile(
            String subscriberId, long version, Instant at, boolean consent, @Nullable String zone) {
        return profile(subscriberId, version, at, consent, at, zone, addressOf(subscriberId));
    }

    static ProfileChanged profile(
            String subscriberId,
            long version,
            Instant at,
            boolean consent,
            Instant consentAt,
            @Nullable String zone,
            @Nullable String email) {
        Map<String, @Nullable Object> traits = new HashMap<>();
        if (email != null) {
            traits.put("email", email);
        }
        return new ProfileChanged(
                subscriberId,
                version,
                at,
                "lapsed",
                at,
                "schema-1",
                new float[] {1, Float.NaN},
                new float[12][2],
                traits,
                List.of(new ProfileChanged.Consent("email", "marketing", consent, "checkout", consentAt)),
                zone,
                null);
    }

    static ContentDecided decision(
            String decisionId,
            String subscriberId,
            String campaignId,
            Instant at,
            @Nullable Instant profileAsOf,
            boolean immediate) {
        return new ContentDecided(
                decisionId,
                subscriberId,
                campaignId,
                false,
                "v1",
                3,
                0.5,
                Map.of("v1", 0.5, "v2", 0.5),
                "thompson",
                true,
                immediate,
                at,
                profileAsOf,
                at,
                0.7,
                Map.of("firstName", "Ann"),
                null,
                null);
    }

    static ContentDecided notToBeDelivered(ContentDecided decision) {
        return new ContentDecided(
                decision.decisionId(),
                decision.subscriberId(),
                decision.campaignId(),
                false,
                decision.variantId(),
                decision.variantVersion(),
                decision.propensity(),
                decision.probabilities(),
                decision.policy(),
                false,
                decision.immediate(),
                decision.decidedAt(),
                decision.featuresAsOf(),
                decision.deliveryTime(),
                decision.personalizationScore(),
                decision.inputs(),
                decision.runId(),
                null);
    }

    static ContentDecided heldOut(ContentDecided decision) {
        return new ContentDecided(
                decision.decisionId(),
                decision.subscriberId(),
                decision.campaignId(),
                true,
                null,
                null,
                1,
                Map.of(),
                "holdout",
                true,
                decision.immediate(),
                decision.decidedAt(),
                decision.featuresAsOf(),
                null,
                0,
                Map.of(),
                null,
                null);
    }

    /** A decision to deliver nothing in particular: content-service never makes one. */
    static ContentDecided withoutVariant(ContentDecided decision) {
        return new ContentDecided(
                decision.decisionId(),
                decision.subscriberId(),
                decision.campaignId(),
                false,
                null,
                null,
                1,
                Map.of(),
                "thompson",
                true,
                decision.immediate(),
                decision.decidedAt(),
                decision.featuresAsOf(),
                null,
                0,
                Map.of(),
                null,
                null);
    }

    static ActivityApplied activity(String activityId, String subscriberId, String name, Instant at) {
        return activity(activityId, subscriberId, name, at, TimePrecision.INSTANT, false);
    }

    static ActivityApplied activity(
            String activityId, String subscriberId, String name, Instant at, TimePrecision precision, boolean machine) {
        return new ActivityApplied(
                activityId,
                subscriberId,
                ActivityType.TRACK,
                name,
                at,
                precision,
                machine,
                machine ? "sender-says-so" : null,
                null,
                null,
                null,
                null,
                null);
    }
}
