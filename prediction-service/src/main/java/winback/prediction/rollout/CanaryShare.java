package winback.prediction.rollout;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Which subscribers a canary scores: a fixed property of its version and the subscriber, independent between versions,
 * so that nobody changes sides while it lasts and nobody is always the first. Whoever is in a share is in every larger
 * one.
 */
public final class CanaryShare {

    /** A canary is a trial: never more than half of the subscribers. */
    public static final double MOST = .5;

    private static final double STEPS = 0x1p53;

    private CanaryShare() {}

    /** @param share in (0, {@link #MOST}] */
    public static boolean contains(String version, String subscriberId, double share) {
        return position(version, subscriberId) < share;
    }

    /** In [0, 1), uniform over subscribers. */
    static double position(String version, String subscriberId) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(version.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            byte[] hash = digest.digest(subscriberId.getBytes(StandardCharsets.UTF_8));
            return (ByteBuffer.wrap(hash).getLong() >>> 11) / STEPS;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
