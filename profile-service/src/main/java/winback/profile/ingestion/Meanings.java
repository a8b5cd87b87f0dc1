package winback.profile.ingestion;

import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import winback.contracts.ActivityType;
import winback.profile.features.Activity;
import winback.profile.features.ActivityKind;

/** Refuses what a profile would have to ignore although the sender means something by it: money, zone, address, consents. */
final class Meanings {

    private static final int MAX_EMAIL = 254;
    private static final Pattern EMAIL = Pattern.compile("[^@\\p{C}\\p{Z}\\s]+@[^@\\p{C}\\p{Z}\\s]+");
    private static final int MAX_CONSENT_NAME = 64;
    /** The library makes a new set each time. */
    private static final Set<String> ZONES = ZoneId.getAvailableZoneIds();

    private Meanings() {}

    static void check(
            ActivityType type,
            @Nullable String name,
            Map<String, @Nullable Object> properties,
            Map<String, @Nullable Object> traits)
            throws Refusal {
        ActivityKind kind = ActivityKind.of(type, name);
        if (kind == ActivityKind.ORDER || kind == ActivityKind.REFUND) {
            amount(kind, properties);
            Object currency = properties.get("currency");
            if (currency != null && !(currency instanceof String code && code.matches("[A-Za-z]{3}"))) {
                throw new Refusal("properties.currency", "bad-currency", "must be three letters, such as USD");
            }
        }
        if (type == ActivityType.IDENTIFY) {
            timezone(traits.get("timezone"));
            email(traits.get("email"));
            consents(traits.get("consents"));
        }
    }

    private static void amount(ActivityKind kind, Map<String, @Nullable Object> properties) throws Refusal {
        for (String field : Activity.AMOUNTS) {
            Object value = properties.get(field);
            if (value == null) {
                continue;
            }
            BigDecimal amount = Activity.amount(value);
            if (amount == null) {
                throw new Refusal("properties." + field, "bad-amount", "must be a number such as 12.50, within ±1e12");
            }
            if (kind == ActivityKind.ORDER && amount.signum() < 0) {
                throw new Refusal(
                        "properties." + field, "bad-amount", "must not be negative; a refund is an Order Refunded");
            }
            return;
        }
    }

    private static void timezone(@Nullable Object value) throws Refusal {
        if (value != null && !(value instanceof String zone && ZONES.contains(zone))) {
            throw new Refusal("traits.timezone", "wrong-value", "must be an IANA time zone, such as Europe/Berlin");
        }
    }

    private static void email(@Nullable Object value) throws Refusal {
        if (value != null
                && !(value instanceof String address
                        && address.length() <= MAX_EMAIL
                        && EMAIL.matcher(address).matches())) {
            throw new Refusal(
                    "traits.email",
                    "wrong-value",
                    "must be an address such as ada@example.com, of at most " + MAX_EMAIL + " characters");
        }
    }

    private static void consents(@Nullable Object value) throws Refusal {
        if (value == null) {
            return;
        }
        if (!(value instanceof List<?> consents)) {
            throw new Refusal("traits.consents", "wrong-value", "must be a list of JSON objects");
        }
        for (int i = 0; i < consents.size(); i++) {
            String path = "traits.consents[" + i + "]";
            if (!(consents.get(i) instanceof Map<?, ?> consent)) {
                throw new Refusal(path, "wrong-value", "must be a JSON object");
            }
            for (String field : List.of("channel", "purpose", "source")) {
                if (!(consent.get(field) instanceof String text) || text.isBlank()) {
                    throw new Refusal(path + "." + field, "wrong-value", "must be a string");
                }
                // A longer source is cut; a longer channel or purpose would be another one.
                if (text.length() > MAX_CONSENT_NAME && !field.equals("source")) {
                    throw new Refusal(
                            path + "." + field, "wrong-value", "must have at most " + MAX_CONSENT_NAME + " characters");
                }
            }
            if (consent.get("at") != null) {
                throw new Refusal(
                        path + ".at",
                        "wrong-value",
                        "a consent is of its call's time; say when it was given as the call's timestamp");
            }
            if (!(consent.get("granted") instanceof Boolean)) {
                throw new Refusal(path + ".granted", "wrong-value", "must be true or false");
            }
        }
    }
}
