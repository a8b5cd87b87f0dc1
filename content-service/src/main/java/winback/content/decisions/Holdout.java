package winback.content.decisions;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Who is held out of a campaign: a fixed property of campaign and subscriber, independent between campaigns. Whoever is
 * held out at one share is held out at every larger one.
 */
final class Holdout {

    private static final double STEPS = 0x1p53;

    private Holdout() {}

    static boolean contains(String campaignId, String subscriberId, double share) {
        return share > 0 && position(campaignId, subscriberId) < share;
    }

    /** In [0, 1), uniform over subscribers. */
    static double position(String campaignId, String subscriberId) {
        return (ByteBuffer.wrap(hash("winback-holdout", campaignId, subscriberId))
                                .getLong()
                        >>> 11)
                / STEPS;
    }

    /** SHA-256 of the two, for one purpose. */
    static byte[] hash(String purpose, String campaignId, String subscriberId) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(purpose.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(campaignId.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return digest.digest(subscriberId.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
