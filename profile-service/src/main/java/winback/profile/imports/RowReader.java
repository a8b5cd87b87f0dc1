package winback.profile.imports;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import winback.chassis.problems.Problem;
import winback.chassis.problems.Problem.Fault;
import winback.contracts.ActivityReceived;
import winback.contracts.ActivityType;
import winback.contracts.TimePrecision;
import winback.profile.features.Activity;
import winback.profile.imports.Mapping.Column;
import winback.profile.imports.Mapping.Format;
import winback.profile.imports.Mapping.Kind;
import winback.profile.imports.Mapping.Target;
import winback.profile.imports.Rows.Row;
import winback.profile.ingestion.SegmentCalls;

/**
 * Turns the rows of one file into activities. A row is known by its content and by its ordinal among equal rows of the
 * file, so the same file imported again, or after it was cut off, is the same rows.
 */
final class RowReader {

    /** A row's activities, the identification of a new customer first; or why there are none. */
    sealed interface Reading {
        /**
         * @param hash of the row's content
         * @param row the activity of the row itself, the last one
         */
        record Activities(long hash, @Nullable ActivityReceived identification, ActivityReceived row)
                implements Reading {}

        record Rejected(Rejection rejection) implements Reading {}
    }

    private record When(Instant at, TimePrecision precision) {}

    /** @param ordinal among equal rows of the file, from 1 */
    private record Identity(String messageId, long hash, int ordinal) {}

    /**
     * The mapped values of a row.
     *
     * @param texts in the mapping's order, as they stand in the file, blanks around them removed; empty for none
     * @param nodes the same in a JSON row, null for none; null in others
     */
    private record Cells(
            long line, String[] texts, @Nullable JsonNode @Nullable [] nodes) {}

    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final String column;
        private final String code;
        private final String detail;

        Refusal(String column, String code, String detail) {
            super(detail, null, false, false);
            this.column = column;
            this.code = code;
            this.detail = detail;
        }
    }

    /** What a purchase of less than nothing is. */
    private static final String REFUND = "Order Refunded";

    private static final int MAX_ID = 255;
    private static final int MAX_TRAIT = 1000;
    private static final int MAX_PROPERTY = 8192;
    /** As {@code /v1/batch} has it. */
    private static final int MAX_CALL_BYTES = 32 * 1024;
    /** How many customers are remembered as identified; who is forgotten is identified again, with the same message id. */
    private static final int REMEMBERED_CUSTOMERS = 200_000;

    private static final Pattern INTEGRAL_DAY = Pattern.compile("\\d{8}");
    private static final Pattern DASHED_DAY = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
    private static final Pattern LOCAL_TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?");
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d{1,12}(\\.\\d{1,6})?|\\.\\d{1,6})");
    private static final Set<ActivityType> ABOUT_A_MOMENT =
            EnumSet.of(ActivityType.TRACK, ActivityType.PAGE, ActivityType.SCREEN);
    private static final Set<String> YES = Set.of("true", "yes", "y", "1", "t");
    private static final Set<String> NO = Set.of("false", "no", "n", "0", "f");

    private final UUID importId;
    private final Mapping mapping;
    private final Instant startedAt;
    private final ZoneId zone;
    private final List<Column> columns;
    private final Map<String, Integer> parts = new HashMap<>();
    /** Where each column is: a place of the row, or a path in a JSON object. */
    private final int[] places;

    private final String[][] paths;
    private final byte[][] roles;
    private final boolean hasHeader;
    /** So many values a row has at least. */
    private final int width;

    private final RowCounts counts = new RowCounts();
    private final RowCounts orders = new RowCounts();
    private final Set<String> identified = new LinkedHashSet<>();
    private final MessageDigest sha = sha256();

    /**
     * @param header the first row, null when the file has none
     * @throws Problem when a mapped column is not in the header, or more than once
     */
    RowReader(UUID importId, Mapping mapping, @Nullable List<String> header, Instant startedAt) {
        this.importId = importId;
        this.mapping = mapping;
        this.startedAt = startedAt;
        this.zone = mapping.zone();
        this.columns = mapping.columns();
        this.places = new int[columns.size()];
        this.paths = new String[columns.size()][];
        this.roles = new byte[columns.size()][];
        List<Fault> faults = new ArrayList<>();
        int needed = 0;
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            roles[i] = column.role().getBytes(StandardCharsets.UTF_8);
            paths[i] = column.source().split("\\.", -1);
            if (column.target() == Target.PART) {
                parts.put(column.role(), i);
            }
            if (mapping.format() == Format.CSV) {
                places[i] = place(column, header, faults);
                needed = Math.max(needed, places[i] + 1);
            }
        }
        if (!faults.isEmpty()) {
            throw Problem.invalid(
                    faults.getFirst().field() + ": " + faults.getFirst().detail(), faults);
        }
        this.hasHeader = header != null;
        this.width = header == null ? needed : header.size();
    }

    private static int place(Column column, @Nullable List<String> header, List<Fault> faults) {
        String field = "columns." + column.role();
        int found = -1;
        for (int i = 0; header != null && i < header.size(); i++) {
            if (header.get(i).strip().equalsIgnoreCase(column.source())) {
                if (found >= 0) {
                    faults.add(new Fault(
                            field, "ambiguous-column", "the header names this column twice; give its number instead"));
                    return found;
                }
                found = i;
            }
        }
        if (found < 0 && column.source().matches("[1-9]\\d{0,3}")) {
            found = Integer.parseInt(column.source()) - 1;
        }
        if (found < 0 || header != null && found >= header.size()) {
            faults.add(new Fault(field, "missing-column", "the file has no such column"));
        }
        return found;
    }

    Reading read(Row row) {
        try {
            return switch (row) {
                case Row.Unreadable bad -> throw new Refusal("", bad.code(), bad.detail());
                case Row.Json json -> mapping.wholeCalls() ? call(json) : activities(cells(json));
                case Row.Values values -> activities(cells(values));
            };
        } catch (Refusal refusal) {
            return new Reading.Rejected(new Rejection(row.line(), refusal.column, refusal.code, refusal.detail));
        }
    }

    private Cells cells(Row.Values row) throws Refusal {
        List<String> values = row.values();
        if (values.size() < width) {
            throw new Refusal("", "missing-value", "%d values where %d are expected".formatted(values.size(), width));
        }
        if (hasHeader && hasMoreThan(width, values)) {
            throw new Refusal(
                    "",
                    "surplus-value",
                    "%d values where the header names %d; a value that holds the delimiter is put in quotes"
                            .formatted(values.size(), width));
        }
        String[] texts = new String[places.length];
        for (int i = 0; i < places.length; i++) {
            texts[i] = values.get(places[i]).strip();
            check(columns.get(i), texts[i]);
        }
        return new Cells(row.line(), texts, null);
    }

    /** Delimiters at the end of a line add nothing. */
    private static boolean hasMoreThan(int width, List<String> values) {
        for (int i = width; i < values.size(); i++) {
            if (!values.get(i).isBlank()) {
                return true;
            }
        }
        return false;
    }

    private Cells cells(Row.Json row) throws Refusal {
        String[] texts = new String[places.length];
        @Nullable JsonNode[] nodes = new JsonNode[places.length];
        for (int i = 0; i < places.length; i++) {
            Column column = columns.get(i);
            JsonNode node = found(row.object(), column.source(), paths[i]);
            if (node == null) {
                texts[i] = "";
                continue;
            }
            if (node.isContainer() && column.target() != Target.PROPERTY) {
                throw new Refusal(column.role(), "wrong-type", "must be a single value");
            }
            nodes[i] = node;
            texts[i] = node.isValueNode() ? node.asString().strip() : node.toString();
            check(column, texts[i]);
        }
        return new Cells(row.line(), texts, nodes);
    }

    /** The field of that very name, else the one at the end of the path; null when it is absent or null. */
    private static @Nullable JsonNode found(JsonNode object, String name, String[] path) {
        JsonNode node = object.get(name);
        if (node == null) {
            node = object;
            for (String step : path) {
                node = node.path(step);
            }
        }
        return node.isMissingNode() || node.isNull() ? null : node;
    }

    /** The row's part of that name; empty when it has none. */
    private String part(Cells cells, String role) {
        Integer place = parts.get(role);
        return place == null ? "" : cells.texts()[place];
    }

    private Reading activities(Cells cells) throws Refusal {
        String customer = part(cells, "customer");
        if (customer.isEmpty()) {
            throw new Refusal("customer", "missing-value", "no customer");
        }
        if (customer.length() > MAX_ID) {
            throw new Refusal("customer", "too-long", "at most " + MAX_ID + " characters");
        }
        return mapping.kind() == Kind.SUBSCRIBERS ? subscriber(cells, customer) : event(cells, customer);
    }

    private Reading event(Cells cells, String customer) throws Refusal {
        When when = when(part(cells, "at"));
        ActivityType type = type(part(cells, "type"));
        String name = part(cells, "event").isEmpty() ? mapping.event() : part(cells, "event");
        if (name == null && type == ActivityType.TRACK) {
            throw new Refusal("event", "missing-value", "no name of the event");
        }
        if (name != null && name.length() > MAX_ID) {
            throw new Refusal("event", "too-long", "at most " + MAX_ID + " characters");
        }
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        if (mapping.kind() == Kind.PURCHASES) {
            purchase(cells, properties);
            if (properties.get("total") instanceof BigDecimal total && total.signum() < 0) {
                name = REFUND;
            }
        }
        values(cells, Target.PROPERTY, properties);
        Map<String, @Nullable Object> traits = traits(cells, customer);
        if (mapping.kind() == Kind.EVENTS) {
            refuseUnless(SegmentCalls.fault(type, name, properties, Map.of()));
            refuseUnless(SegmentCalls.fault(ActivityType.IDENTIFY, null, Map.of(), traits));
        }
        Identity identity = identity(cells, mapping.event() == null ? "" : mapping.event());
        refuseAnotherOfItsOrder(part(cells, "orderId"), identity);
        ActivityReceived row = new ActivityReceived(
                customer,
                customer,
                null,
                "import",
                identity.messageId(),
                type,
                name,
                when.at(),
                when.precision(),
                startedAt,
                false,
                properties,
                Map.of(),
                context(cells, when));
        return new Reading.Activities(identity.hash(), identification(customer, traits), row);
    }

    /** An order is counted once, so a second row of it would be lost: said here, where the row is still known. */
    private void refuseAnotherOfItsOrder(String orderId, Identity identity) throws Refusal {
        if (!orderId.isEmpty() && identity.ordinal() == 1) {
            update("$order");
            update(orderId);
            if (orders.increment(ByteBuffer.wrap(sha.digest()).getLong()) > 1) {
                throw new Refusal(
                        "orderId",
                        "order-repeated",
                        "an earlier row of other content has this order number, and an order counts once: one row an"
                                + " order, or no orderId");
            }
        }
    }

    private void purchase(Cells cells, Map<String, @Nullable Object> properties) throws Refusal {
        if (parts.containsKey("amount")) {
            properties.put("total", number(cells, "amount"));
            properties.put("currency", mapping.currency());
        }
        if (!part(cells, "quantity").isEmpty()) {
            properties.put("quantity", number(cells, "quantity"));
        }
        String orderId = part(cells, "orderId");
        if (orderId.length() > MAX_ID) {
            throw new Refusal("orderId", "too-long", "at most " + MAX_ID + " characters");
        }
        if (!orderId.isEmpty()) {
            properties.put("order_id", orderId);
        }
    }

    /** One identify a row. Without a time of its own it is of the import's start. */
    private Reading subscriber(Cells cells, String customer) throws Refusal {
        When when = parts.containsKey("at") && !part(cells, "at").isEmpty()
                ? when(part(cells, "at"))
                : new When(startedAt, TimePrecision.INSTANT);
        Map<String, @Nullable Object> traits = traits(cells, customer);
        List<Map<String, Object>> consents = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            if (column.target() == Target.CONSENT && !cells.texts()[i].isEmpty()) {
                consents.add(consent(column.field(), granted(column, cells.texts()[i]), source(cells)));
            }
        }
        if (!consents.isEmpty()) {
            // What a row says itself comes after, and so above, what is declared for all.
            if (traits.get("consents") instanceof List<?> declared) {
                List<Object> all = new ArrayList<>(declared);
                all.addAll(consents);
                traits.put("consents", all);
            } else {
                traits.put("consents", consents);
            }
        }
        refuseUnless(SegmentCalls.fault(ActivityType.IDENTIFY, null, Map.of(), traits));
        Identity identity = identity(cells, "$subscriber");
        Map<String, @Nullable Object> context = new LinkedHashMap<>();
        context.put("importId", importId.toString());
        context.put("row", cells.line());
        return new Reading.Activities(
                identity.hash(),
                null,
                new ActivityReceived(
                        customer,
                        customer,
                        null,
                        "import",
                        identity.messageId(),
                        ActivityType.IDENTIFY,
                        null,
                        when.at(),
                        when.precision(),
                        startedAt,
                        false,
                        Map.of(),
                        traits,
                        context));
    }

    private static boolean granted(Column column, String text) throws Refusal {
        String answer = text.toLowerCase(Locale.ROOT);
        if (!YES.contains(answer) && !NO.contains(answer)) {
            throw new Refusal(column.role(), "wrong-value", "true or false, yes or no, 1 or 0; empty for neither");
        }
        return YES.contains(answer);
    }

    private String source(Cells cells) throws Refusal {
        String source = part(cells, "consentSource");
        if (source.isEmpty() && mapping.consentSource() == null) {
            throw new Refusal("consentSource", "missing-value", "says where the consent was given");
        }
        return source.isEmpty() ? String.valueOf(mapping.consentSource()) : source;
    }

    private static Map<String, Object> consent(String consent, boolean granted, String source) {
        String[] parts = consent.split("/", 2);
        return Map.of("channel", parts[0], "purpose", parts[1], "granted", granted, "source", source);
    }

    /** A line that is a call of the Segment API, under the rules of {@code /v1/batch}, but that its times are believed. */
    private Reading call(Row.Json row) throws Refusal {
        if (3L * row.text().length() > MAX_CALL_BYTES
                && row.text().getBytes(StandardCharsets.UTF_8).length > MAX_CALL_BYTES) {
            throw new Refusal("", "too-large", "a call has at most 32 KB");
        }
        ObjectNode call = (ObjectNode) row.object();
        // The time of sending corrects a clock at the moment of receipt, which for history is long gone.
        call.remove("sentAt");
        switch (SegmentCalls.read(call, null, "import", null, startedAt)) {
            case SegmentCalls.Reading.Refused refused ->
                throw new Refusal(
                        refused.fault().field(),
                        refused.fault().code(),
                        refused.fault().detail());
            case SegmentCalls.Reading.Understood understood -> {
                ActivityReceived event = understood.event();
                boolean timed = call.hasNonNull("timestamp") || call.hasNonNull("originalTimestamp");
                if (!timed && ABOUT_A_MOMENT.contains(event.type())) {
                    // Live it would be now; of history nobody knows.
                    throw new Refusal("timestamp", "missing-value", "says when it happened");
                }
                sha.update(row.text().strip().getBytes(StandardCharsets.UTF_8));
                byte[] content = sha.digest();
                long hash = ByteBuffer.wrap(content).getLong();
                String messageId = call.hasNonNull("messageId")
                        ? "call:" + event.messageId()
                        : HexFormat.of().formatHex(content) + ":" + counts.increment(hash);
                Map<String, @Nullable Object> context = new LinkedHashMap<>(event.context());
                context.put("importId", importId.toString());
                context.put("row", row.line());
                return new Reading.Activities(
                        hash,
                        null,
                        new ActivityReceived(
                                event.subscriberId(),
                                event.userId(),
                                event.anonymousId(),
                                event.source(),
                                messageId,
                                event.type(),
                                event.name(),
                                event.at(),
                                event.precision(),
                                event.receivedAt(),
                                event.timeAdjusted(),
                                event.properties(),
                                event.traits(),
                                context));
            }
        }
    }

    /** With the zone where the hour is known: the identification is of today and says nothing about the hours before. */
    private Map<String, @Nullable Object> context(Cells cells, When when) {
        Map<String, @Nullable Object> context = new LinkedHashMap<>();
        context.put("importId", importId.toString());
        context.put("row", cells.line());
        if (when.precision() == TimePrecision.INSTANT) {
            String own = "";
            for (int i = 0; i < columns.size(); i++) {
                if (columns.get(i).target() == Target.TRAIT
                        && columns.get(i).field().equals("timezone")) {
                    own = cells.texts()[i];
                }
            }
            if (!own.isEmpty() || mapping.timezone() != null) {
                context.put("timezone", own.isEmpty() ? mapping.timezone() : own);
            }
        }
        return context;
    }

    /** The row's values that become such, empty ones left out. */
    private void values(Cells cells, Target target, Map<String, @Nullable Object> into) {
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            String text = cells.texts()[i];
            if (column.target() != target || text.isEmpty()) {
                continue;
            }
            JsonNode node = cells.nodes() == null ? null : cells.nodes()[i];
            Object value = node == null || target == Target.TRAIT && !node.isBoolean() && !node.isNumber()
                    ? text
                    : SegmentCalls.value(node);
            if (mapping.decimalComma() && value instanceof String && Activity.AMOUNTS.contains(column.field())) {
                value = text.replace(',', '.');
            }
            into.put(column.field(), value);
        }
    }

    /** What the row and the mapping say about the customer. */
    private Map<String, @Nullable Object> traits(Cells cells, String customer) {
        Map<String, @Nullable Object> traits = new LinkedHashMap<>();
        values(cells, Target.TRAIT, traits);
        if (mapping.emailPattern() != null) {
            traits.putIfAbsent("email", mapping.emailPattern().replace("{id}", customer));
        }
        if (mapping.timezone() != null) {
            traits.putIfAbsent("timezone", mapping.timezone());
        }
        if (!mapping.consents().isEmpty()) {
            traits.put(
                    "consents",
                    mapping.consents().stream()
                            .map(consent -> consent(consent, true, String.valueOf(mapping.consentSource())))
                            .toList());
        }
        return traits;
    }

    /** Once per customer of the file, if there is anything to say. The time is the import's, the id the content's. */
    private @Nullable ActivityReceived identification(String customer, Map<String, @Nullable Object> traits) {
        if (!identified.add(customer)) {
            return null;
        }
        if (identified.size() > REMEMBERED_CUSTOMERS) {
            identified.remove(identified.iterator().next());
        }
        if (traits.isEmpty()) {
            return null;
        }
        update(mapping.event() == null ? "" : mapping.event());
        update("customer");
        update(customer);
        traits.forEach((name, value) -> {
            update("trait." + name);
            update(
                    name.equals("consents")
                            ? mapping.consents() + " " + mapping.consentSource()
                            : String.valueOf(value));
        });
        return new ActivityReceived(
                customer,
                customer,
                null,
                "import",
                "identify:" + HexFormat.of().formatHex(sha.digest()),
                ActivityType.IDENTIFY,
                null,
                startedAt,
                TimePrecision.INSTANT,
                startedAt,
                false,
                Map.of(),
                traits,
                Map.of("importId", importId.toString()));
    }

    private void refuseUnless(@Nullable Fault fault) throws Refusal {
        if (fault != null) {
            throw new Refusal(role(fault.field()), fault.code(), fault.detail());
        }
    }

    /** The mapping's name of a field of the call. */
    private String role(String field) {
        for (Column column : columns) {
            String path = (column.target() == Target.PROPERTY ? "properties." : "traits.") + column.field();
            if (column.target() != Target.PART && path.equals(field)) {
                return column.role();
            }
        }
        return field;
    }

    private static void check(Column column, String value) throws Refusal {
        boolean property = column.target() == Target.PROPERTY;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                i++;
                continue;
            }
            if (c == '\uFFFD' || Character.isSurrogate(c)) {
                throw new Refusal(column.role(), "malformed-encoding", "not in the file's character set");
            }
            // A text may have several lines, an id or a name may not.
            if (Character.isISOControl(c) && !(property && (c == '\n' || c == '\r' || c == '\t'))) {
                throw new Refusal(column.role(), "control-character", "no control characters");
            }
        }
        int most = property ? MAX_PROPERTY : MAX_TRAIT;
        if (column.target() != Target.PART && value.length() > most) {
            throw new Refusal(column.role(), "too-long", "at most " + most + " characters");
        }
    }

    private ActivityType type(String text) throws Refusal {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "" -> mapping.type();
            case "track" -> ActivityType.TRACK;
            case "page" -> ActivityType.PAGE;
            case "screen" -> ActivityType.SCREEN;
            default -> throw new Refusal("type", "wrong-value", "track, page or screen");
        };
    }

    private When when(String text) throws Refusal {
        When when;
        try {
            if (text.length() == 8 && INTEGRAL_DAY.matcher(text).matches()) {
                when = day(text.substring(0, 4), text.substring(4, 6), text.substring(6));
            } else if (text.length() == 10 && DASHED_DAY.matcher(text).matches()) {
                when = day(text.substring(0, 4), text.substring(5, 7), text.substring(8));
            } else if (text.length() <= 64 && LOCAL_TIME.matcher(text).matches()) {
                // Without an offset, as most exports have it: the mapping's zone, else UTC.
                when = new When(
                        LocalDateTime.parse(text.replace(' ', 'T'))
                                .atZone(zone)
                                .toInstant()
                                .truncatedTo(ChronoUnit.MILLIS),
                        TimePrecision.INSTANT);
            } else if (text.length() <= 64) {
                when = new When(
                        OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS), TimePrecision.INSTANT);
            } else {
                throw new DateTimeException("too long");
            }
        } catch (DateTimeException unreadable) {
            throw new Refusal("at", text.isEmpty() ? "missing-value" : "bad-date", "yyyyMMdd, yyyy-MM-dd or ISO 8601");
        }
        Instant at = when.at().plus(Duration.ofDays(mapping.shiftDays()));
        if (when.at().isBefore(Instant.EPOCH)
                || at.isBefore(Instant.EPOCH)
                || at.isAfter(startedAt.plus(Duration.ofDays(1)))) {
            throw new Refusal("at", "date-out-of-range", "from 1970 to tomorrow");
        }
        return new When(at, when.precision());
    }

    /** @throws DateTimeException if there is no such day */
    private static When day(String year, String month, String day) {
        LocalDate date = LocalDate.of(Integer.parseInt(year), Integer.parseInt(month), Integer.parseInt(day));
        return new When(date.atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC), TimePrecision.DAY);
    }

    private BigDecimal number(Cells cells, String role) throws Refusal {
        String text = part(cells, role);
        Integer place = parts.get(role);
        JsonNode node = cells.nodes() == null || place == null ? null : cells.nodes()[place];
        boolean comma = mapping.decimalComma() && (node == null || !node.isNumber());
        String plain = !comma ? text : text.indexOf('.') < 0 ? text.replace(',', '.') : "";
        if (!NUMBER.matcher(plain).matches()) {
            throw new Refusal(
                    role,
                    text.isEmpty() ? "missing-value" : role.equals("amount") ? "bad-amount" : "bad-number",
                    comma
                            ? "a decimal number such as 12,50"
                            : text.indexOf(',') >= 0
                                    ? "a decimal number such as 12.50; for 12,50 say decimal=comma"
                                    : "a decimal number such as 12.50");
        }
        return new BigDecimal(plain);
    }

    /** SHA-256 of the seed and the mapped values as they stand in the file, and the row's ordinal among equal ones. */
    private Identity identity(Cells cells, String seed) {
        update(seed);
        for (int i = 0; i < roles.length; i++) {
            update(roles[i]);
            update(cells.texts()[i]);
        }
        byte[] content = sha.digest();
        long hash = ByteBuffer.wrap(content).getLong();
        int ordinal = counts.increment(hash);
        return new Identity(HexFormat.of().formatHex(content) + ":" + ordinal, hash, ordinal);
    }

    private void update(String text) {
        update(text.getBytes(StandardCharsets.UTF_8));
    }

    /** With its length before it, so that no two rows are the same by a shifted border. */
    private void update(byte[] bytes) {
        sha.update((byte) (bytes.length >>> 24));
        sha.update((byte) (bytes.length >>> 16));
        sha.update((byte) (bytes.length >>> 8));
        sha.update((byte) bytes.length);
        sha.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
