package winback.profile.subscribers;

import java.time.Instant;
import winback.contracts.ProfileChanged;
import winback.profile.features.Disposition;
import winback.profile.features.FeatureSchema;
import winback.profile.features.Lifecycle;
import winback.profile.features.SubscriberState;

/**
 * @param version of what was last published; 0 before the first
 * @param featuresAsOf the instant that the published features describe
 */
public record Subscriber(String id, long version, SubscriberState state, Instant featuresAsOf) {

    /** The next version, as of that instant. */
    public Subscriber asOf(Instant now) {
        return new Subscriber(id, version + 1, state, now);
    }

    public ProfileChanged changed(Lifecycle lifecycle) {
        float[] features = FeatureSchema.CURRENT.vector(state, featuresAsOf);
        Disposition disposition = Disposition.of(features);
        return new ProfileChanged(
                id,
                version,
                featuresAsOf,
                lifecycle.stage(state, featuresAsOf).wireName(),
                state.lastActivityAt(),
                FeatureSchema.CURRENT.fingerprint(),
                features,
                state.periods(featuresAsOf),
                state.traits(),
                state.consents(),
                state.timezone(),
                state.locale(),
                disposition == null ? null : disposition.wireName());
    }
}
