package winback.content.drafts;

import java.util.Locale;

/** What a mail appeals to. */
public enum Strategy {
    CURIOSITY,
    GAIN,
    LOSS,
    PROOF,
    NOSTALGIA,
    SERVICE,
    QUESTION,
    NEWS,
    GRATITUDE,
    HONESTY,
    EASE;

    /** As in resources, attributes and answers. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
