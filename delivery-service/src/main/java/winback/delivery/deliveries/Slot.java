package winback.delivery.deliveries;

import java.time.Instant;
import java.util.Locale;

/**
 * A time for a mail.
 *
 * @param reason the last cause that decided it
 */
record Slot(Instant at, Reason reason) {

    enum Reason {
        /** The subscriber's best hour. */
        BEST_HOUR,
        /** As soon as possible, as the campaign wishes. */
        IMMEDIATE,
        /** Put off to the end of the quiet hours. */
        QUIET_HOURS,
        /** Put off because of another mail to the same subscriber. */
        CAP;

        /** As it is published: {@code best-hour}. */
        String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
