package winback.profile.ingestion;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import winback.chassis.problems.Problem.Fault;
import winback.contracts.ActivityReceived;
import winback.contracts.ActivityType;

/**
 * Reads one call of the Segment HTTP API. Fields that are not known here are kept, under {@code context.$call} if they
 * stand at the top; so are the {@code previousId} of an alias and the {@code groupId} of a group, which must be there.
 */
public final class SegmentCalls {

    /** The longest id, in characters. */
    static final int MAX_ID = 255;

    /** A call that is understood, or what is wrong with it. */
    public sealed interface Reading {
        record Understood(ActivityReceived event) implements Reading {}

        /** {@code field} is the path within the call. */
        record Refused(Fault fault) implements Reading {}
    }

    private static final Set<String> KNOWN = Set.of(
            "type",
            "userId",
            "anonymousId",
            "messageId",
            "event",
            "name",
            "timestamp",
            "originalTimestamp",
            "sentAt",
            "properties",
            "traits",
            "context",
            "writeKey");

    private SegmentCalls() {}

    /**
     * @param type what the path says; null when the call itself must say it, as in a batch
     * @param sentAt of the batch, for calls that have none of their own
     */
    public static Reading read(
            JsonNode call, @Nullable ActivityType type, String source, @Nullable JsonNode sentAt, Instant receivedAt) {
        try {
            return new Reading.Understood(understand(call, type, source, sentAt, receivedAt));
        } catch (Refusal refusal) {
            return new Reading.Refused(refusal.fault());
        }
    }

    /** What is wrong with the meaning of a call whose form is right, such as an order's amount; null for nothing. */
    public static @Nullable Fault fault(
            ActivityType type,
            @Nullable String name,
            Map<String, @Nullable Object> properties,
            Map<String, @Nullable Object> traits) {
        try {
            Meanings.check(type, name, properties, traits);
            return null;
        } catch (Refusal refusal) {
            return refusal.fault();
        }
    }

    private static ActivityReceived understand(
            JsonNode call,
            @Nullable ActivityType pathType,
            String source,
            @Nullable JsonNode batchSentAt,
            Instant receivedAt)
            throws Refusal {
        if (!call.isObject()) {
            throw new Refusal("", "wrong-type", "must be a JSON object");
        }
        ActivityType type = pathType == null ? type(call) : pathType;
        String userId = id(call, "userId");
        String anonymousId = id(call, "anonymousId");
        String subscriberId = userId == null ? anonymousId : userId;
        if (subscriberId == null) {
            throw new Refusal("userId", "missing", "userId or anonymousId is needed");
        }
        String messageId = id(call, "messageId");
        // What a group or an alias is about; always text, as the ids that it is compared with.
        String about = switch (type) {
            case GROUP -> "groupId";
            case ALIAS -> "previousId";
            case TRACK, IDENTIFY, PAGE, SCREEN -> null;
        };
        String aboutId = about == null ? null : required(call, about, type);
        String name = switch (type) {
            case TRACK -> {
                String event = text(call, "event");
                if (event == null) {
                    throw new Refusal("event", "missing", "a track call names its event");
                }
                yield event;
            }
            case PAGE, SCREEN -> text(call, "name");
            case IDENTIFY, GROUP, ALIAS -> null;
        };
        JsonNode ownSentAt = call.get("sentAt");
        String timestamp = present(call, "timestamp") ? "timestamp" : "originalTimestamp";
        Instants.When when = Instants.when(
                timestamp,
                call.get(timestamp),
                ownSentAt == null || ownSentAt.isNull() ? batchSentAt : ownSentAt,
                receivedAt);
        Map<String, @Nullable Object> properties = object(call, "properties");
        Map<String, @Nullable Object> traits = object(call, "traits");
        Meanings.check(type, name, properties, traits);
        Map<String, @Nullable Object> context = object(call, "context");
        Map<String, @Nullable Object> others = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : call.properties()) {
            if (!KNOWN.contains(field.getKey())) {
                others.put(clean(field.getKey()), value(field.getValue()));
            }
        }
        if (about != null) {
            others.put(about, aboutId);
        }
        // Ours alone: a sender's own $call would pass for fields of the call.
        context.remove("$call");
        if (!others.isEmpty()) {
            context.put("$call", others);
        }
        return new ActivityReceived(
                subscriberId,
                userId,
                anonymousId,
                source,
                messageId == null ? UUID.randomUUID().toString() : messageId,
                type,
                name,
                when.at(),
                when.precision(),
                receivedAt,
                when.adjusted(),
                properties,
                traits,
                context);
    }

    private static String required(JsonNode call, String field, ActivityType type) throws Refusal {
        String id = id(call, field);
        if (id == null) {
            throw new Refusal(
                    field,
                    "missing",
                    "is needed in a call of type " + type.name().toLowerCase(Locale.ROOT));
        }
        return id;
    }

    private static boolean present(JsonNode call, String field) {
        JsonNode value = call.get(field);
        return value != null && !value.isNull();
    }

    private static ActivityType type(JsonNode call) throws Refusal {
        JsonNode value = call.get("type");
        if (value == null || value.isNull()) {
            throw new Refusal("type", "missing", "a call in a batch says its type");
        }
        if (value.isString()) {
            for (ActivityType type : ActivityType.values()) {
                if (type.name().toLowerCase(Locale.ROOT).equals(value.stringValue())) {
                    return type;
                }
            }
        }
        throw new Refusal("type", "wrong-value", "must be track, identify, page, screen, group or alias");
    }

    /** A string, or a whole number as one; null when absent. */
    private static @Nullable String id(JsonNode call, String field) throws Refusal {
        JsonNode value = call.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        String id;
        if (value.isString()) {
            id = value.stringValue();
        } else if (value.isIntegralNumber()) {
            id = value.asString();
        } else {
            throw new Refusal(field, "wrong-type", "must be a string or a whole number");
        }
        if (id.isBlank()) {
            return null;
        }
        return checked(id, field);
    }

    private static @Nullable String text(JsonNode call, String field) throws Refusal {
        JsonNode value = call.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            throw new Refusal(field, "wrong-type", "must be a string");
        }
        String text = value.stringValue().strip();
        return text.isEmpty() ? null : checked(text, field);
    }

    private static String checked(String text, String field) throws Refusal {
        if (text.length() > MAX_ID) {
            throw new Refusal(field, "too-long", "must have at most " + MAX_ID + " characters");
        }
        if (text.chars().anyMatch(Character::isISOControl) || !clean(text).equals(text)) {
            throw new Refusal(field, "control-character", "must have no control characters");
        }
        return text;
    }

    private static Map<String, @Nullable Object> object(JsonNode call, String field) throws Refusal {
        JsonNode value = call.get(field);
        if (value == null || value.isNull()) {
            return new LinkedHashMap<>();
        }
        if (!value.isObject()) {
            throw new Refusal(field, "wrong-type", "must be a JSON object");
        }
        return map(value);
    }

    private static Map<String, @Nullable Object> map(JsonNode object) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            map.put(clean(field.getKey()), value(field.getValue()));
        }
        return map;
    }

    /** As plain Java that JSON and the database can hold. */
    public static @Nullable Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> map(node);
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>(node.size());
                for (JsonNode element : node) {
                    list.add(value(element));
                }
                yield list;
            }
            case STRING -> clean(node.stringValue());
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> number(node);
            case NULL, MISSING, BINARY, POJO -> null;
        };
    }

    /** A number that PostgreSQL's jsonb can hold; one with an exponent beyond any use becomes a string. */
    private static Object number(JsonNode node) {
        if (node.isIntegralNumber()) {
            return node.canConvertToLong() ? (Object) node.longValue() : node.bigIntegerValue();
        }
        BigDecimal decimal = node.decimalValue();
        long exponent = (long) decimal.precision() - decimal.scale();
        return Math.abs(exponent) > 300 || Math.abs((long) decimal.scale()) > 1000
                ? decimal.toString()
                : decimal.signum() == 0 ? BigInteger.ZERO : decimal;
    }

    /** NUL, which PostgreSQL cannot hold, and halves of surrogate pairs, which UTF-8 cannot, become U+FFFD. */
    private static String clean(String text) {
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean bad = c == 0;
            if (Character.isHighSurrogate(c)) {
                if (i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    bad = true;
                }
            } else if (Character.isLowSurrogate(c)) {
                bad = true;
            }
            if (bad) {
                if (clean == null) {
                    clean = new StringBuilder(text);
                }
                clean.setCharAt(i, '\uFFFD');
            }
        }
        return clean == null ? text : clean.toString();
    }
}
