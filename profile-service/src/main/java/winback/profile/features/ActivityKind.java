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
    /** A list, a category or a promotion was looked at or filtered. */
    LIST_VIEW,
    SEARCH,
    PROMOTION,
    CART_ADD,
    CART_REMOVE,
    CHECKOUT,
    COUPON,
    WISH,
    SHARE,
    REVIEW,
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
            Map.entry("product list viewed", LIST_VIEW),
            Map.entry("product list filtered", LIST_VIEW),
            Map.entry("products searched", SEARCH),
            Map.entry("promotion viewed", PROMOTION),
            Map.entry("promotion clicked", PROMOTION),
            Map.entry("product added", CART_ADD),
            Map.entry("wishlist product added to cart", CART_ADD),
            Map.entry("product removed", CART_REMOVE),
            Map.entry("checkout started", CHECKOUT),
            Map.entry("coupon entered", COUPON),
            Map.entry("coupon applied", COUPON),
            Map.entry("product added to wishlist", WISH),
            Map.entry("product shared", SHARE),
            Map.entry("cart shared", SHARE),
            Map.entry("product reviewed", REVIEW),
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
            default -> true;
        };
    }

    /** Whether it is done in the shop itself, and so belongs to a visit. */
    boolean inVisit() {
        return switch (this) {
            case ORDER,
                    PRODUCT_VIEW,
                    LIST_VIEW,
                    SEARCH,
                    PROMOTION,
                    CART_ADD,
                    CART_REMOVE,
                    CHECKOUT,
                    COUPON,
                    WISH,
                    SHARE,
                    REVIEW,
                    PAGE_VIEW -> true;
            default -> false;
        };
    }

    /** Whether a machine may have made it in the person's place. */
    public boolean isResponse() {
        return this == EMAIL_OPEN || this == EMAIL_CLICK;
    }
}
