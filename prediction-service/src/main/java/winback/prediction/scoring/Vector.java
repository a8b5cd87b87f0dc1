package winback.prediction.scoring;

import java.time.Instant;
import winback.contracts.ProfileChanged;

/**
 * The newest features of a subscriber.
 *
 * @param profileVersion of the profile that they came with
 * @param features shape [p], NaN means unknown
 */
@SuppressWarnings("ArrayRecordComponent") // numeric vector by design; compared nowhere
record Vector(String subscriberId, long profileVersion, Instant featuresAsOf, String featureSchema, float[] features) {

    static Vector of(ProfileChanged profile) {
        return new Vector(
                profile.subscriberId(),
                profile.version(),
                profile.featuresAsOf(),
                profile.featureSchema(),
                profile.features());
    }
}
