package winback.content.decisions;

import org.jspecify.annotations.Nullable;
import winback.content.cache.Subscriber;

/**
 * What delivery will ask for, as far as it is known here; it decides by its own knowledge when a mail is due.
 *
 * @param consent whether mail for marketing was agreed to
 * @param address whether an address is known
 * @param suppressed whether subscriber or address are on the suppression list
 */
public record Deliverable(boolean consent, boolean address, boolean suppressed) {

    static final Deliverable UNKNOWN = new Deliverable(false, false, false);

    /** Why there can be no mail. */
    public enum Obstacle {
        SUPPRESSED,
        NO_CONSENT,
        NO_ADDRESS
    }

    /** As the subscriber is known now. */
    public static Deliverable of(Subscriber subscriber) {
        return new Deliverable(
                subscriber.consents("email", "marketing"),
                subscriber.trait("email") instanceof String address && !address.isBlank(),
                subscriber.suppressed());
    }

    /** The first that delivery would name; null when there is none. */
    public @Nullable Obstacle obstacle() {
        if (suppressed) {
            return Obstacle.SUPPRESSED;
        }
        if (!consent) {
            return Obstacle.NO_CONSENT;
        }
        return address ? null : Obstacle.NO_ADDRESS;
    }
}
