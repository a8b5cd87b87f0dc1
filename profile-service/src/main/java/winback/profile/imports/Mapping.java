package winback.profile.imports;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import winback.chassis.problems.Problem;
import winback.chassis.problems.Problem.Fault;
import winback.contracts.ActivityType;

/**
 * How a file is to be read: a small JSON object, whose fields may as well stand in the query.
 *
 * @param settings the same as JSON, kept so that a resumed import reads alike
 * @param columns in the order given; empty for whole Segment calls
 * @param delimiter {@code whitespace}, {@code tab} or one character
 * @param type of events whose rows do not say it
 * @param event the name of events whose rows do not say it
 * @param decimalComma whether amounts are written as {@code 12,50}
 * @param shiftDays added to every date
 * @param emailPattern the address of a customer without one in the file, {@code {id}} standing for the id; null for none
 * @param consents {@code channel/purpose}, declared for every customer of the file
 */
record Mapping(
        JsonNode settings,
        Kind kind,
        Format format,
        List<Column> columns,
        boolean header,
        String delimiter,
        Charset charset,
        ActivityType type,
        @Nullable String event,
        boolean decimalComma,
        String currency,
        int shiftDays,
        @Nullable String emailPattern,
        @Nullable String timezone,
        List<String> consents,
        @Nullable String consentSource,
        @Nullable String name) {

    /** What a row is. */
    enum Kind {
        PURCHASES,
        EVENTS,
        SUBSCRIBERS
    }

    enum Format {
        CSV,
        NDJSON
    }

    /** What a column becomes. */
    enum Target {
        /** A part of the row that this kind of row has, such as {@code at}. */
        PART,
        PROPERTY,
        TRAIT,
        CONSENT
    }

    /**
     * @param role as the mapping names it
     * @param target what the value becomes
     * @param field the name within the target; {@code channel/purpose} for a consent
     * @param source a name of the header, a number from 1, or a dotted path in a JSON object
     */
    record Column(String role, Target target, String field, String source) {}

    private static final Set<String> FIELDS = Set.of(
            "kind",
            "format",
            "columns",
            "header",
            "delimiter",
            "charset",
            "type",
            "event",
            "decimal",
            "currency",
            "shiftDays",
            "emailPattern",
            "timezone",
            "consent",
            "consentSource",
            "name");
    /** Fields that mean nothing where every line is a whole Segment call. */
    private static final List<String> NOT_FOR_CALLS = List.of(
            "header",
            "delimiter",
            "type",
            "event",
            "decimal",
            "currency",
            "shiftDays",
            "emailPattern",
            "timezone",
            "consent",
            "consentSource");

    private static final String ROLE = "(properties\\.|traits\\.)?[A-Za-z][A-Za-z0-9_]{0,63}";
    private static final String CONSENT = "[a-z0-9_-]{1,64}/[a-z0-9_-]{1,64}";
    private static final int MAX_COLUMNS = 60;
    private static final int MAX_SOURCE = 255;
    private static final int MAX_SHIFT_DAYS = 36_500;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * Reads the query, in which {@code mapping} may hold a whole mapping as JSON over which the other parameters stand.
     *
     * @param ndjson whether the request says that the body is
     * @throws Problem that tells all that is wrong with it at once
     */
    static Mapping of(MultiValueMap<String, String> query, boolean ndjson, String defaultCurrency) {
        List<Fault> faults = new ArrayList<>();
        ObjectNode settings = file(query.getFirst("mapping"));
        query.forEach((name, values) -> {
            if (name.equals("columns")) {
                settings.set(name, columns(values, faults));
            } else if (name.equals("consent")) {
                settings.set(name, JSON.valueToTree(values));
            } else if (!name.equals("mapping")) {
                if (values.size() > 1) {
                    faults.add(new Fault(name, "duplicate", "given twice"));
                }
                settings.put(name, values.getFirst());
            }
        });
        if (ndjson && !settings.has("format")) {
            settings.put("format", "ndjson");
        }
        if (!settings.has("currency")) {
            settings.put("currency", defaultCurrency);
        }
        return of(settings, faults);
    }

    /** As it was kept. */
    static Mapping of(String settings) {
        return of(file(settings), new ArrayList<>());
    }

    private static ObjectNode file(@Nullable String json) {
        if (json == null) {
            return JSON.createObjectNode();
        }
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException malformed) {
            var place = malformed.getLocation();
            throw Problem.invalid(
                    "mapping",
                    "malformed-json",
                    "no JSON that can be read"
                            + (place == null
                                    ? ""
                                    : ", at line %d, column %d".formatted(place.getLineNr(), place.getColumnNr())));
        }
        throw Problem.invalid("mapping", "wrong-type", "must be a JSON object");
    }

    private static ObjectNode columns(List<String> texts, List<Fault> faults) {
        ObjectNode columns = JSON.createObjectNode();
        for (String pair : String.join(",", texts).split(",", -1)) {
            int equals = pair.indexOf('=');
            String role = equals < 0 ? "" : pair.substring(0, equals).strip();
            if (role.isEmpty()) {
                faults.add(new Fault("columns", "wrong-value", "pairs such as customer=1,at=3"));
            } else if (columns.has(role)) {
                faults.add(new Fault("columns." + role, "duplicate", "mapped twice"));
            } else {
                columns.put(role, pair.substring(equals + 1).strip());
            }
        }
        return columns;
    }

    private static Mapping of(ObjectNode settings, List<Fault> faults) {
        for (String name : settings.propertyNames()) {
            if (!FIELDS.contains(name)) {
                faults.add(new Fault(name, "unknown-field", "is not known here"));
            }
        }
        Kind kind = choice(settings, "kind", Kind.PURCHASES, List.of(Kind.values()), faults);
        Format format = choice(settings, "format", Format.CSV, List.of(Format.values()), faults);
        List<Column> columns = columns(settings.get("columns"), kind, faults);
        boolean calls = kind == Kind.EVENTS && format == Format.NDJSON && !settings.has("columns");
        if (!calls) {
            required(kind, settings, columns, faults);
        }
        boolean header = truth(settings, "header", faults);
        if (!header && format == Format.CSV) {
            columns.stream()
                    .filter(column -> !column.source().matches("\\d{1,4}"))
                    .forEach(column -> faults.add(
                            new Fault("columns." + column.role(), "wrong-value", "without a header, a number from 1")));
        }
        String delimiter = raw(settings, "delimiter", ",", faults);
        if (!delimiter.equals("whitespace") && !delimiter.equals("tab") && delimiter.length() != 1
                || List.of("\"", "\n", "\r").contains(delimiter)) {
            faults.add(new Fault("delimiter", "wrong-value", "tab, whitespace or one character"));
        }
        Charset charset = charset(optional(settings, "charset", faults), faults);
        ActivityType type = choice(
                settings,
                "type",
                ActivityType.TRACK,
                List.of(ActivityType.TRACK, ActivityType.PAGE, ActivityType.SCREEN),
                faults);
        String event = optional(settings, "event", faults);
        boolean decimalComma = switch (raw(settings, "decimal", "point", faults)) {
            case "point" -> false;
            case "comma" -> true;
            default -> {
                faults.add(new Fault("decimal", "wrong-value", "point or comma"));
                yield false;
            }
        };
        String currency = raw(settings, "currency", "", faults);
        if (!currency.matches("[A-Za-z]{3}")) {
            faults.add(new Fault("currency", "wrong-value", "three letters, ISO 4217"));
        }
        int shiftDays = shift(optional(settings, "shiftDays", faults), faults);
        String emailPattern = optional(settings, "emailPattern", faults);
        if (emailPattern != null && !emailPattern.contains("{id}")) {
            faults.add(new Fault("emailPattern", "wrong-value", "contains {id}"));
        }
        String timezone = optional(settings, "timezone", faults);
        if (timezone != null && !isZone(timezone)) {
            faults.add(new Fault("timezone", "wrong-value", "an IANA zone such as Europe/Berlin"));
        }
        List<String> consents = consents(settings.get("consent"), faults);
        String consentSource = optional(settings, "consentSource", faults);
        boolean declared =
                !consents.isEmpty() || columns.stream().anyMatch(column -> column.target() == Target.CONSENT);
        if (declared
                && consentSource == null
                && columns.stream().noneMatch(column -> column.role().equals("consentSource"))) {
            faults.add(new Fault("consentSource", "missing", "says where the consent was given"));
        }
        String name = optional(settings, "name", faults);
        if (calls) {
            NOT_FOR_CALLS.stream()
                    .filter(field -> settings.has(field) && !field.equals("currency"))
                    .forEach(field -> faults.add(
                            new Fault(field, "wrong-value", "goes with columns; without, each line is a whole call")));
        }
        if (!faults.isEmpty() || charset == null) {
            throw Problem.invalid(
                    faults.getFirst().field() + ": " + faults.getFirst().detail(), faults);
        }
        return new Mapping(
                settings,
                kind,
                format,
                columns,
                header,
                delimiter,
                charset,
                type,
                event == null && kind == Kind.PURCHASES ? "Order Completed" : event,
                decimalComma,
                currency.toUpperCase(Locale.ROOT),
                shiftDays,
                emailPattern,
                timezone,
                consents,
                consentSource,
                name);
    }

    /** Whether each line is a whole Segment call. */
    boolean wholeCalls() {
        return kind == Kind.EVENTS && columns.isEmpty();
    }

    ZoneId zone() {
        return timezone == null ? ZoneOffset.UTC : ZoneId.of(timezone);
    }

    private static boolean isZone(String zone) {
        try {
            ZoneId.of(zone);
            return true;
        } catch (DateTimeException unknown) {
            return false;
        }
    }

    private static List<String> parts(Kind kind) {
        return switch (kind) {
            case PURCHASES -> List.of("customer", "at", "amount", "orderId", "quantity");
            case EVENTS -> List.of("customer", "at", "event", "type");
            case SUBSCRIBERS -> List.of("customer", "at", "consentSource");
        };
    }

    private static void required(Kind kind, JsonNode settings, List<Column> columns, List<Fault> faults) {
        for (String role : kind == Kind.SUBSCRIBERS ? List.of("customer") : List.of("customer", "at")) {
            if (columns.stream().noneMatch(column -> column.role().equals(role))) {
                faults.add(new Fault("columns." + role, "missing", "says in which column the " + role + " is"));
            }
        }
        if (kind == Kind.EVENTS
                && !settings.has("event")
                && settings.path("type").asString("track").equals("track")
                && columns.stream().noneMatch(column -> column.role().equals("event"))) {
            faults.add(new Fault("event", "missing", "the name of all events, or columns.event"));
        }
    }

    private static List<Column> columns(@Nullable JsonNode node, Kind kind, List<Fault> faults) {
        if (node == null) {
            return List.of();
        }
        if (!node.isObject() || node.isEmpty()) {
            faults.add(new Fault("columns", "wrong-type", "an object such as {\"customer\": \"id\", \"at\": 3}"));
            return List.of();
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            // A subscriber is a customer to those who sell.
            String role = entry.getKey().equals("subscriber") ? "customer" : entry.getKey();
            String source = entry.getValue().isString() || entry.getValue().isIntegralNumber()
                    ? entry.getValue().asString().strip()
                    : "";
            if (source.isEmpty() || source.length() > MAX_SOURCE) {
                faults.add(new Fault("columns." + role, "wrong-value", "a column's name or its number from 1"));
                continue;
            }
            Column column = column(role, source, kind);
            if (column == null) {
                faults.add(new Fault("columns", "wrong-value", "roles such as " + roles(kind)));
            } else if (columns.put(role, column) != null) {
                faults.add(new Fault("columns." + role, "duplicate", "mapped twice"));
            }
        }
        if (columns.size() > MAX_COLUMNS) {
            faults.add(new Fault("columns", "too-many", "at most " + MAX_COLUMNS));
        }
        return List.copyOf(columns.values());
    }

    private static String roles(Kind kind) {
        return String.join(", ", parts(kind))
                + ", properties.NAME, traits.NAME"
                + (kind == Kind.SUBSCRIBERS ? ", consents.CHANNEL/PURPOSE" : "");
    }

    private static @Nullable Column column(String role, String source, Kind kind) {
        if (role.startsWith("consents.")) {
            String consent = role.substring("consents.".length());
            return kind == Kind.SUBSCRIBERS && consent.matches(CONSENT)
                    ? new Column(role, Target.CONSENT, consent, source)
                    : null;
        }
        if (!role.matches(ROLE)) {
            return null;
        }
        if (parts(kind).contains(role)) {
            return new Column(role, Target.PART, role, source);
        }
        String field = role.substring(role.indexOf('.') + 1);
        boolean property = role.startsWith("properties.") || field.equals(role) && kind == Kind.EVENTS;
        if (property && kind == Kind.SUBSCRIBERS) {
            return null;
        }
        return new Column(role, property ? Target.PROPERTY : Target.TRAIT, field, source);
    }

    private static List<String> consents(@Nullable JsonNode node, List<Fault> faults) {
        List<String> consents = new ArrayList<>();
        if (node != null) {
            for (JsonNode consent : node.isArray() ? node.values() : List.of(node)) {
                if (consent.isString() && consent.stringValue().matches(CONSENT)) {
                    consents.add(consent.stringValue());
                } else {
                    faults.add(new Fault("consent", "wrong-value", "channel/purpose such as email/marketing"));
                }
            }
        }
        return List.copyOf(consents);
    }

    private static <E extends Enum<E>> E choice(
            JsonNode settings, String field, E otherwise, List<E> choices, List<Fault> faults) {
        String text = optional(settings, field, faults);
        if (text == null) {
            return otherwise;
        }
        for (E choice : choices) {
            if (choice.name().toLowerCase(Locale.ROOT).equals(text)) {
                return choice;
            }
        }
        faults.add(new Fault(
                field,
                "wrong-value",
                String.join(
                        ", ",
                        choices.stream()
                                .map(choice -> choice.name().toLowerCase(Locale.ROOT))
                                .toList())));
        return otherwise;
    }

    private static boolean truth(JsonNode settings, String field, List<Fault> faults) {
        String text = raw(settings, field, "true", faults);
        if (!text.equals("true") && !text.equals("false")) {
            faults.add(new Fault(field, "wrong-value", "true or false"));
        }
        return !text.equals("false");
    }

    private static @Nullable Charset charset(@Nullable String name, List<Fault> faults) {
        try {
            return name == null ? StandardCharsets.UTF_8 : Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            faults.add(new Fault("charset", "wrong-value", "a character set such as UTF-8 or ISO-8859-1"));
            return null;
        }
    }

    private static int shift(@Nullable String text, List<Fault> faults) {
        if (text == null) {
            return 0;
        }
        if (text.matches("-?\\d{1,6}") && Math.abs(Integer.parseInt(text)) <= MAX_SHIFT_DAYS) {
            return Integer.parseInt(text);
        }
        faults.add(new Fault("shiftDays", "wrong-value", "whole days, at most " + MAX_SHIFT_DAYS));
        return 0;
    }

    private static @Nullable String optional(JsonNode settings, String field, List<Fault> faults) {
        String text = raw(settings, field, "", faults);
        return text.isBlank() ? null : text.strip();
    }

    /** As it stands, blanks included: a delimiter may be one. */
    private static String raw(JsonNode settings, String field, String otherwise, List<Fault> faults) {
        JsonNode node = settings.get(field);
        if (node == null || node.isNull()) {
            return otherwise;
        }
        if (!node.isValueNode()) {
            faults.add(new Fault(field, "wrong-type", "must be a single value"));
            return otherwise;
        }
        String text = node.asString();
        if (text.length() > MAX_SOURCE || text.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')) {
            faults.add(new Fault(field, "wrong-value", "at most 255 characters, no control characters"));
            return otherwise;
        }
        return text;
    }
}
