package winback.delivery.suppression;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why somebody must not be written to. */
public enum SuppressionReason {
    /** The address does not exist: the mail server refused it for good. */
    BOUNCED,
    /** The person called a mail spam. */
    SPAM,
    /** The person unsubscribed; a newer consent lifts this. */
    UNSUBSCRIBED,
    /** An operator asked for it. */
    OPERATOR;

    /** As it is stored and answered: {@code bounced}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static SuppressionReason ofWireName(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** What an activity of that name says; null when nothing. */
    static @Nullable SuppressionReason ofActivity(@Nullable String name) {
        return name == null
                ? null
                : switch (name) {
                    case "Email Bounced" -> BOUNCED;
                    case "Email Marked as Spam" -> SPAM;
                    case "Unsubscribed" -> UNSUBSCRIBED;
                    default -> null;
                };
    }
}
