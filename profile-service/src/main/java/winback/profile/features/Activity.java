package winback.profile.features;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IllformedLocaleException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.contracts.ActivityApplied;
import winback.contracts.ActivityReceived;
import winback.contracts.ProfileChanged.Consent;
import winback.contracts.TimePrecision;

/**
 * An activity as the profile understands it.
 *
 * @param id the canonical id: {@code order:<orderId>} for an order with an id, else {@code source:messageId}
 * @param at to the millisecond
 * @param tie the first 64 bits of the id's SHA-256: the order among activities of the same millisecond
 * @param machineRule the rule by which the call alone shows a scanner or a privacy proxy, see {@link MachineRules}; null
 *     when none does, though what happens around it still may
 * @param amount of an order, negative for a refund; absent when the sender gave none
 * @param currency ISO 4217 in capitals; absent means the deployment's
 * @param quantity items bought, NaN when unknown
 * @param discounted whether an order carried a coupon or a discount
 * @param discount the discount's amount in the currency of the order, NaN when unknown
 * @param rating of a review from 0 to 1, NaN when unknown
 * @param link hash of the link that was clicked, 0 when unknown
 * @param mail hash of the mail that was delivered, opened or clicked, 0 when unknown
 * @param categories of the products concerned, at most ten
 * @param traits declared by this activity; a null value takes a trait back
 * @param timezone IANA zone, absent when not declared or unknown to us
 * @param locale BCP 47 tag, likewise
 * @param device absent when unknown
 * @param channel that brought the person, absent when unknown
 */
public record Activity(
        String id,
        long tie,
        ActivityKind kind,
        Instant at,
        TimePrecision precision,
        @Nullable String machineRule,
        @Nullable String orderId,
        @Nullable String decisionId,
        @Nullable BigDecimal amount,
        @Nullable String currency,
        double quantity,
        boolean discounted,
        double discount,
        double rating,
        long link,
        long mail,
        List<String> categories,
        Map<String, @Nullable Object> traits,
        List<Consent> consents,
        @Nullable String timezone,
        @Nullable String locale,
        @Nullable Device device,
        @Nullable Channel channel) {

    /** The order in which activities are applied: by time, then by a hash of the id, so that it is total. */
    public static final Comparator<Activity> IN_ORDER =
            Comparator.comparing(Activity::at).thenComparingLong(Activity::tie);

    private static final String[] MAIL_IDS = {
        "decisionId",
        "decision_id",
        "deliveryId",
        "delivery_id",
        "email_id",
        "emailId",
        "campaign_id",
        "campaignId",
        "sg_message_id",
    };
    private static final int MAX_CATEGORIES = 10;
    private static final BigDecimal MAX_AMOUNT = BigDecimal.TEN.pow(12);

    /** The properties that may hold the amount of an order; the first that is there counts. */
    public static final List<String> AMOUNTS = List.of("total", "revenue", "value", "amount");

    public static Activity of(ActivityReceived event) {
        Map<String, @Nullable Object> properties = event.properties();
        ActivityKind kind = ActivityKind.of(event.type(), event.name());
        Instant at = event.at().truncatedTo(ChronoUnit.MILLIS);
        String orderId = kind == ActivityKind.ORDER ? idText(first(properties, "order_id", "orderId")) : null;
        Map<String, @Nullable Object> traits = switch (event.type()) {
            case IDENTIFY -> event.traits();
            case GROUP -> company(event.traits());
            default -> Map.of();
        };
        if (traits.isEmpty() && event.context().get("traits") instanceof Map<?, ?> inContext) {
            traits = stringKeys(inContext);
        }
        String id = orderId == null ? event.eventId() : "order:" + orderId;
        return new Activity(
                id,
                Hash64.of(id),
                kind,
                at,
                event.precision(),
                MachineRules.of(event, kind),
                orderId,
                idText(first(properties, "decisionId", "decision_id")),
                amount(kind, properties),
                currency(properties),
                quantity(properties),
                positive(properties.get("discount")) || idText(properties.get("coupon")) != null,
                number(properties.get("discount")),
                rating(properties),
                kind == ActivityKind.EMAIL_CLICK
                        ? hash(idText(first(properties, "link_url", "linkUrl", "link", "url", "link_id", "linkId")))
                        : 0,
                hash(idText(first(properties, MAIL_IDS))),
                categories(properties),
                traits,
                consents(kind, traits, at),
                zone(first(traits, "timezone", "timeZone"), event.context().get("timezone")),
                locale(traits.get("locale"), event.context().get("locale")),
                Device.of(event),
                Channel.of(event));
    }

    /** A group's traits are the group's, not the person's; but whose company it is tells of the person too. */
    private static Map<String, @Nullable Object> company(Map<String, @Nullable Object> group) {
        Map<String, @Nullable Object> company = new LinkedHashMap<>();
        copy(group, company, "industry", "industry");
        copy(group, company, "employee_count", "employees", "employee_count", "employeeCount");
        if (company.isEmpty()) {
            return Map.of();
        }
        copy(group, company, "name", "name");
        return Map.of("company", company);
    }

    private static void copy(
            Map<String, @Nullable Object> from, Map<String, @Nullable Object> into, String as, String... names) {
        Object value = first(from, names);
        if (value instanceof String || value instanceof Number) {
            into.put(as, value);
        }
    }

    /** This activity for those who learn from responses. */
    public ActivityApplied applied(
            ActivityReceived event, @Nullable String rule, String defaultCurrency, @Nullable String subscriberZone) {
        return new ActivityApplied(
                id,
                event.subscriberId(),
                event.type(),
                event.name(),
                at,
                precision,
                rule != null,
                rule,
                decisionId,
                orderId,
                amount,
                amount == null ? null : currency == null ? defaultCurrency : currency,
                subscriberZone);
    }

    private static double number(@Nullable Object value) {
        BigDecimal number = decimal(value);
        return number == null ? Double.NaN : number.doubleValue();
    }

    /** Stars of five, as shops mostly have them, or a number from 0 to 1. */
    private static double rating(Map<String, @Nullable Object> properties) {
        double stars = number(first(properties, "rating", "review_rating", "stars"));
        return stars >= 0 && stars <= 5 ? (stars <= 1 ? stars : stars / 5) : Double.NaN;
    }

    private static long hash(@Nullable String text) {
        return text == null ? 0 : Hash64.of(text);
    }

    private static @Nullable BigDecimal amount(ActivityKind kind, Map<String, @Nullable Object> properties) {
        if (kind != ActivityKind.ORDER && kind != ActivityKind.REFUND) {
            return null;
        }
        BigDecimal amount = amount(first(properties, AMOUNTS.toArray(String[]::new)));
        return amount != null && kind == ActivityKind.REFUND ? amount.abs().negate() : amount;
    }

    /** A number, or a string that is one, of at most a million million either way; else null. */
    public static @Nullable BigDecimal amount(@Nullable Object value) {
        BigDecimal amount = decimal(value);
        return amount == null || amount.abs().compareTo(MAX_AMOUNT) > 0 ? null : amount;
    }

    private static @Nullable BigDecimal decimal(@Nullable Object value) {
        try {
            BigDecimal number = null;
            if (value instanceof BigDecimal exact) {
                number = exact;
            } else if (value instanceof Number other) {
                number = new BigDecimal(other.toString());
            } else if (value instanceof String text && text.length() <= 32) {
                number = new BigDecimal(text.strip());
            }
            // The exponent is bounded before anything scales the number: 1E+999999999 would fill the memory.
            return number == null || Math.abs((long) number.precision() - number.scale()) > 40 || number.scale() > 1000
                    ? null
                    : number.setScale(Math.min(Math.max(number.scale(), 0), 6), RoundingMode.HALF_EVEN);
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    private static @Nullable String currency(Map<String, @Nullable Object> properties) {
        return properties.get("currency") instanceof String code && code.matches("[A-Za-z]{3}")
                ? code.toUpperCase(Locale.ROOT)
                : null;
    }

    private static double quantity(Map<String, @Nullable Object> properties) {
        if (properties.get("products") instanceof Collection<?> products && !products.isEmpty()) {
            double sum = 0;
            for (Object product : products) {
                BigDecimal quantity = product instanceof Map<?, ?> map ? decimal(map.get("quantity")) : null;
                sum += quantity == null ? 1 : quantity.doubleValue();
            }
            return sum;
        }
        BigDecimal quantity = decimal(properties.get("quantity"));
        return quantity == null ? Double.NaN : quantity.doubleValue();
    }

    private static boolean positive(@Nullable Object value) {
        BigDecimal number = decimal(value);
        return number != null && number.signum() > 0;
    }

    private static List<String> categories(Map<String, @Nullable Object> properties) {
        List<String> categories = new ArrayList<>();
        category(properties.get("category"), categories);
        if (properties.get("products") instanceof Collection<?> products) {
            for (Object product : products) {
                if (product instanceof Map<?, ?> map) {
                    category(map.get("category"), categories);
                }
            }
        }
        return categories;
    }

    private static void category(@Nullable Object value, List<String> categories) {
        if (value instanceof String text && !text.isBlank() && categories.size() < MAX_CATEGORIES) {
            String name = text.strip().toLowerCase(Locale.ROOT);
            categories.add(name.length() > 64 ? name.substring(0, 64) : name);
        }
    }

    private static List<Consent> consents(ActivityKind kind, Map<String, @Nullable Object> traits, Instant at) {
        if (kind == ActivityKind.UNSUBSCRIBE) {
            return List.of(new Consent("email", "marketing", false, "unsubscribed", at));
        }
        if (kind != ActivityKind.IDENTIFY || !(traits.get("consents") instanceof Collection<?> declared)) {
            return List.of();
        }
        List<Consent> consents = new ArrayList<>();
        for (Object one : declared) {
            if (one instanceof Map<?, ?> map
                    && map.get("channel") instanceof String channel
                    && map.get("purpose") instanceof String purpose
                    && map.get("granted") instanceof Boolean granted
                    && channel.length() <= 64
                    && purpose.length() <= 64) {
                String source = map.get("source") instanceof String text ? text : "unknown";
                consents.add(new Consent(
                        channel, purpose, granted, source.length() > 64 ? source.substring(0, 64) : source, at));
            }
        }
        return consents;
    }

    private static @Nullable String zone(@Nullable Object... candidates) {
        for (Object candidate : candidates) {
            if (candidate instanceof String name && name.length() <= 64) {
                try {
                    return ZoneId.of(name).getId();
                } catch (DateTimeException unknown) {
                    // Not a zone we know: as if it had not been said.
                    continue;
                }
            }
        }
        return null;
    }

    private static @Nullable String locale(@Nullable Object... candidates) {
        for (Object candidate : candidates) {
            if (candidate instanceof String tag && tag.length() <= 64) {
                try {
                    String normal = new Locale.Builder()
                            .setLanguageTag(tag.replace('_', '-'))
                            .build()
                            .toLanguageTag();
                    if (!normal.equals("und")) {
                        return normal;
                    }
                } catch (IllformedLocaleException unknown) {
                    continue;
                }
            }
        }
        return null;
    }

    private static @Nullable Object first(Map<String, @Nullable Object> map, String... names) {
        for (String name : names) {
            Object value = map.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private static @Nullable String idText(@Nullable Object value) {
        String text = value instanceof String || value instanceof Number
                ? value.toString().strip()
                : "";
        return text.isEmpty() || text.length() > 255 ? null : text;
    }

    private static Map<String, @Nullable Object> stringKeys(Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new java.util.LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), value));
        return copy;
    }
}
