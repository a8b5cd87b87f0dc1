package winback.profile.features;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.contracts.ActivityReceived;
import winback.contracts.ActivityType;

/** What the person held when they did something. */
enum Device {
    IOS_APP(true),
    ANDROID_APP(true),
    IPHONE(true),
    ANDROID_PHONE(true),
    TABLET(true),
    DESKTOP(false);

    private final boolean mobile;

    Device(boolean mobile) {
        this.mobile = mobile;
    }

    boolean mobile() {
        return mobile;
    }

    boolean app() {
        return this == IOS_APP || this == ANDROID_APP;
    }

    boolean apple() {
        return this == IOS_APP || this == IPHONE;
    }

    /** Null when the call does not tell. */
    static @Nullable Device of(ActivityReceived event) {
        Map<String, @Nullable Object> context = event.context();
        String type = context.get("device") instanceof Map<?, ?> device && device.get("type") instanceof String text
                ? text.toLowerCase(Locale.ROOT)
                : "";
        if (type.equals("ios") || type.equals("android")) {
            return type.equals("ios") ? IOS_APP : ANDROID_APP;
        }
        if (!(context.get("userAgent") instanceof String agent)) {
            // Only apps call screen.
            return event.type() == ActivityType.SCREEN ? ANDROID_APP : null;
        }
        String lower = agent.toLowerCase(Locale.ROOT);
        if (event.type() == ActivityType.SCREEN) {
            return lower.contains("iphone") || lower.contains("ios") || lower.contains("darwin")
                    ? IOS_APP
                    : ANDROID_APP;
        }
        if (lower.contains("ipad")
                || lower.contains("tablet")
                || lower.contains("android") && !lower.contains("mobile")) {
            return TABLET;
        }
        if (lower.contains("iphone")) {
            return IPHONE;
        }
        return lower.contains("android") || lower.contains("mobile") ? ANDROID_PHONE : DESKTOP;
    }
}
