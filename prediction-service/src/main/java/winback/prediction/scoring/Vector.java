package winback.prediction.scoring;

import java.time.Instant;
import winback.contracts.ProfileChanged;
import winback.prediction.models.Floats;

/**
 * The newest features of a subscriber.
 *
 * @param profileVersion of the profile that they came with
 * @param features shape [p], NaN means unknown
 * @param periods the last periods as they are stored, big-endian float32, shape [12·q]: only models that look at them
 *     turn them into numbers. Empty when they are not known
 */
@SuppressWarnings("ArrayRecordComponent") // numeric vector by design; compared nowhere
record Vector(
        String subscriberId,
        long profileVersion,
        Instant featuresAsOf,
        String featureSchema,
        float[] features,
        byte[] periods) {

    /** How many numbers of the last periods there are, 12·q; 0 when they are not known. */
    int periodSize() {
        return periods.length / Float.BYTES;
    }

    /** Shape [12·q]. */
    float[] sequence() {
        return Floats.fromBytes(periods);
    }

    static Vector of(ProfileChanged profile) {
        return new Vector(
                profile.subscriberId(),
                profile.version(),
                profile.featuresAsOf(),
                profile.featureSchema(),
                profile.features(),
                Floats.toBytes(Floats.flat(profile.periods())));
    }
}
