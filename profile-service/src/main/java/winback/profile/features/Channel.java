package winback.profile.features;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.contracts.ActivityReceived;

/** What brought the person, as the campaign's medium or the referring page tells. */
enum Channel {
    EMAIL,
    SEARCH,
    PAID,
    SOCIAL,
    REFERRAL;

    /** Null when the call does not tell. */
    static @Nullable Channel of(ActivityReceived event) {
        Map<String, @Nullable Object> context = event.context();
        if (context.get("campaign") instanceof Map<?, ?> campaign && campaign.get("medium") instanceof String medium) {
            return ofMedium(medium.toLowerCase(Locale.ROOT));
        }
        String referrer = "";
        if (context.get("page") instanceof Map<?, ?> page && page.get("referrer") instanceof String text) {
            referrer = text.toLowerCase(Locale.ROOT);
        } else if (event.properties().get("referrer") instanceof String text) {
            referrer = text.toLowerCase(Locale.ROOT);
        }
        return referrer.isBlank() ? null : ofReferrer(referrer);
    }

    private static Channel ofMedium(String medium) {
        if (medium.contains("mail")) {
            return EMAIL;
        }
        if (medium.contains("cpc") || medium.contains("ppc") || medium.contains("paid") || medium.contains("display")) {
            return PAID;
        }
        if (medium.contains("social")) {
            return SOCIAL;
        }
        return medium.contains("organic") ? SEARCH : REFERRAL;
    }

    private static Channel ofReferrer(String referrer) {
        for (String host : new String[] {"google.", "bing.", "duckduckgo.", "yahoo.", "ecosia.", "baidu."}) {
            if (referrer.contains(host)) {
                return referrer.contains("mail.") ? EMAIL : SEARCH;
            }
        }
        for (String host : new String[] {
            "facebook.", "instagram.", "tiktok.", "t.co/", "twitter.", "x.com", "linkedin.", "pinterest.", "youtube."
        }) {
            if (referrer.contains(host)) {
                return SOCIAL;
            }
        }
        return referrer.contains("mail.") ? EMAIL : REFERRAL;
    }
}
