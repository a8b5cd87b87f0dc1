package winback.delivery.deliveries;

import java.util.Locale;

/** Where a delivery stands, and what can become of it. */
enum DeliveryState {
    /** Promised for its due time. */
    SCHEDULED,
    /** Handed to Kafka, which has not acknowledged yet; after a crash nobody knows whether it did. */
    PUBLISHING,
    /** Kafka has the due event. */
    DUE,
    /** Will not happen. */
    REFUSED;

    boolean live() {
        return this == SCHEDULED || this == PUBLISHING;
    }

    boolean mayBecome(DeliveryState next) {
        return switch (this) {
            // To itself: it moves to another time.
            case SCHEDULED -> next == SCHEDULED || next == PUBLISHING || next == REFUSED;
            // Back: what was not acknowledged is judged again, and the hour may have become quiet meanwhile.
            case PUBLISHING -> true;
            case DUE, REFUSED -> false;
        };
    }

    /** As it is stored and answered: {@code scheduled}. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static DeliveryState ofWireName(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
