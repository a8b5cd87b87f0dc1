package winback.chassis.identities;

import java.time.Instant;

/**
 * A subscriber was erased.
 *
 * @param at when it was asked for: what is not newer is dropped
 * @param heardAt when this service carried it out: what it made of the old data until then is dropped too
 */
public record Erasure(Instant at, Instant heardAt) {

    /** Whether something of that instant must not be kept. */
    public boolean covers(Instant instant) {
        return !instant.isAfter(at);
    }
}
