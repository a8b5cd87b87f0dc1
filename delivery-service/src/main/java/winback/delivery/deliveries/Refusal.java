package winback.delivery.deliveries;

import java.util.Locale;

/** Why a delivery will not happen. */
enum Refusal {
    /** No profile of the subscriber has ever arrived, or it was erased before the decision came. */
    UNKNOWN_RECIPIENT,
    NO_CONSENT,
    NO_ADDRESS,
    SUPPRESSED,
    /** It could not be published for so long that it would come out of nowhere. */
    EXPIRED,
    /** content-service does not know the mail of this decision. */
    MAIL_UNAVAILABLE,
    /** What the mail says is no longer true: an offer has ended, or the campaign's brief has changed. */
    WITHDRAWN,
    /** The rendered mail does not fit into an event. */
    MAIL_TOO_LARGE,
    /** Another delivery of the same campaign to the same subscriber is still to come. */
    DUPLICATE,
    /** The subscriber was erased. */
    ERASED;

    /** As it is published: {@code no-consent}. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
