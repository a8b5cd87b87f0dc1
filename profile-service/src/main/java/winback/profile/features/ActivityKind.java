package winback.profile.features;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.contracts.ActivityType;

/** What an activity means for a profile. Event names are Segment's, compared without case. */
public enum ActivityKind {
    ORDER,
    /** Money given back: a refund or a cancelled order. */
    REFUND,
    PRODUCT_VIEW,
    CART_ADD,
    PAGE_VIEW,
    EMAIL_DELIVERED,
    EMAIL_OPEN,
    EMAIL_CLICK,
    EMAIL_BOUNCE,
    EMAIL_SPAM,
    UNSUBSCRIBE,
    /** Anything else that the person did. */
    OTHER,
    /** Tells who the person is; nothing that they did. */
    IDENTIFY;

    private static final Map<String, ActivityKind> BY_NAME = Map.ofEntries(
            Map.entry("order completed", ORDER),
            Map.entry("order refunded", REFUND),
            Map.entry("order cancelled", REFUND),
            Map.entry("product viewed", PRODUCT_VIEW),
            Map.entry("product clicked", PRODUCT_VIEW),
            Map.entry("product list viewed", PRODUCT_VIEW),
            Map.entry("product added", CART_ADD),
            Map.entry("email delivered", EMAIL_DELIVERED),
            Map.entry("email opened", EMAIL_OPEN),
            Map.entry("email link clicked", EMAIL_CLICK),
            Map.entry("email bounced", EMAIL_BOUNCE),
            Map.entry("email marked as spam", EMAIL_SPAM),
            Map.entry("unsubscribed", UNSUBSCRIBE));

    public static ActivityKind of(ActivityType type, @Nullable String name) {
        return switch (type) {
            case TRACK -> name == null ? OTHER : BY_NAME.getOrDefault(name.toLowerCase(Locale.ROOT), OTHER);
            case PAGE, SCREEN -> PAGE_VIEW;
            case IDENTIFY, GROUP, ALIAS -> IDENTIFY;
        };
    }

    /** Whether the person did it, in contrast to what was done to them or said about them. */
    boolean byPerson() {
        return switch (this) {
            case IDENTIFY, EMAIL_DELIVERED, EMAIL_BOUNCE, REFUND -> false;
            case ORDER, PRODUCT_VIEW, CART_ADD, PAGE_VIEW, EMAIL_OPEN, EMAIL_CLICK, EMAIL_SPAM, UNSUBSCRIBE, OTHER ->
                true;
        };
    }
}
