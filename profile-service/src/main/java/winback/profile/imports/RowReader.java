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
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import winback.chassis.problems.Problem;
import winback.chassis.problems.Problem.Fault;
import winback.contracts.ActivityReceived;
import winback.contracts.ActivityType;
import winback.contracts.TimePrecision;

/**
 * Turns the rows of one file into activities. A row is known by its content and by its ordinal among equal rows of the
 * file, so the same file imported again, or after it was cut off, is the same rows.
 */
final class RowReader {

    /** A row's activities, the identification of a new customer first; or why there are none. */
    sealed interface Reading {
        record Activities(List<ActivityReceived> activities) implements Reading {}

        record Rejected(Rejection rejection) implements Reading {}
    }

    private record When(Instant at, TimePrecision precision) {}

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

    private static final int MAX_ID = 255;
    private static final int MAX_TRAIT = 1000;
    /** How many customers are remembered as identified; who is forgotten is identified again, with the same message id. */
    private static final int REMEMBERED_CUSTOMERS = 200_000;

    private static final DateTimeFormatter BASIC =
            DateTimeFormatter.ofPattern("uuuuMMdd").withResolverStyle(ResolverStyle.STRICT);
    private static final DateTimeFormatter DASHED =
            DateTimeFormatter.ofPattern("uuuu-MM-dd").withResolverStyle(ResolverStyle.STRICT);

    private final UUID importId;
    private final Mapping mapping;
    private final Instant startedAt;
    private final ZoneId zone;
    private final int width;
    private final Map<String, Integer> places = new LinkedHashMap<>();
    private final RowCounts counts = new RowCounts();
    private final Set<String> identified = new LinkedHashSet<>();

    /**
     * @param header the first row, null when the file has none
     * @throws Problem when a mapped column is not in the header
     */
    RowReader(UUID importId, Mapping mapping, @Nullable List<String> header, Instant startedAt) {
        this.importId = importId;
        this.mapping = mapping;
        this.startedAt = startedAt;
        this.zone = mapping.timezone() == null ? ZoneOffset.UTC : ZoneId.of(mapping.timezone());
        List<Fault> faults = new ArrayList<>();
        int needed = 0;
        for (Map.Entry<String, String> column : mapping.columns().entrySet()) {
            int place = place(column.getValue(), header);
            if (place < 0) {
                faults.add(new Fault("columns." + column.getKey(), "missing-column", "the file has no such column"));
            }
            needed = Math.max(needed, place + 1);
            places.put(column.getKey(), place);
        }
        if (!faults.isEmpty()) {
            throw Problem.invalid("The file lacks a column that the mapping names.", faults);
        }
        this.width = header == null ? needed : header.size();
    }

    private static int place(String column, @Nullable List<String> header) {
        if (header != null) {
            for (int i = 0; i < header.size(); i++) {
                if (header.get(i).strip().equalsIgnoreCase(column)) {
                    return i;
                }
            }
        }
        if (!column.matches("\\d{1,4}")) {
            return -1;
        }
        int place = Integer.parseInt(column) - 1;
        return header != null && place >= header.size() ? -1 : place;
    }

    Reading read(long line, List<String> values) {
        try {
            return new Reading.Activities(activities(line, values));
        } catch (Refusal refusal) {
            return new Reading.Rejected(new Rejection(line, refusal.column, refusal.code, refusal.detail));
        }
    }

    private List<ActivityReceived> activities(long line, List<String> values) throws Refusal {
        if (values.size() < width) {
            throw new Refusal("", "missing-value", "%d values where %d are expected".formatted(values.size(), width));
        }
        Map<String, String> row = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> place : places.entrySet()) {
            String value = values.get(place.getValue()).strip();
            check(place.getKey(), value);
            row.put(place.getKey(), value);
        }
        String customer = row.getOrDefault("customer", "");
        if (customer.isEmpty()) {
            throw new Refusal("customer", "missing-value", "no customer");
        }
        String orderId = row.getOrDefault("orderId", "");
        for (String role : List.of("customer", "orderId")) {
            if (row.getOrDefault(role, "").length() > MAX_ID) {
                throw new Refusal(role, "too-long", "at most " + MAX_ID + " characters");
            }
        }
        When when = when(row.getOrDefault("at", ""));
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        if (places.containsKey("amount")) {
            properties.put("total", number("amount", row.getOrDefault("amount", "")));
            properties.put("currency", mapping.currency());
        }
        if (!row.getOrDefault("quantity", "").isEmpty()) {
            properties.put("quantity", number("quantity", row.getOrDefault("quantity", "")));
        }
        if (!orderId.isEmpty()) {
            properties.put("order_id", orderId);
        }

        byte[] hash = hash(row);
        int ordinal = counts.increment(ByteBuffer.wrap(hash).getLong());
        String messageId = HexFormat.of().formatHex(hash) + ":" + ordinal;
        List<ActivityReceived> activities = new ArrayList<>(2);
        identification(customer, row, activities);
        activities.add(new ActivityReceived(
                customer,
                customer,
                null,
                "import",
                messageId,
                ActivityType.TRACK,
                mapping.event(),
                when.at(),
                when.precision(),
                startedAt,
                false,
                properties,
                Map.of(),
                context(line, when, row)));
        return activities;
    }

    /** With the zone where the hour is known: the identification is of today and says nothing about the hours before. */
    private Map<String, @Nullable Object> context(long line, When when, Map<String, String> row) {
        Map<String, @Nullable Object> context = new LinkedHashMap<>();
        context.put("importId", importId.toString());
        context.put("row", line);
        String zone = row.getOrDefault("timezone", "");
        if (when.precision() == TimePrecision.INSTANT && !(zone.isEmpty() && mapping.timezone() == null)) {
            context.put("timezone", zone.isEmpty() ? mapping.timezone() : zone);
        }
        return context;
    }

    /** Once per customer of the file, if there is anything to say. The time is the import's, the id the content's. */
    private void identification(String customer, Map<String, String> row, List<ActivityReceived> activities) {
        if (!identified.add(customer)) {
            return;
        }
        if (identified.size() > REMEMBERED_CUSTOMERS) {
            identified.remove(identified.iterator().next());
        }
        Map<String, @Nullable Object> traits = new LinkedHashMap<>();
        row.forEach((role, value) -> {
            if (!Mapping.ROW_ROLES.contains(role) && !value.isEmpty()) {
                traits.put(role, value);
            }
        });
        if (mapping.emailPattern() != null) {
            traits.putIfAbsent("email", mapping.emailPattern().replace("{id}", customer));
        }
        if (mapping.timezone() != null) {
            traits.putIfAbsent("timezone", mapping.timezone());
        }
        if (!mapping.consents().isEmpty()) {
            List<Map<String, Object>> consents = new ArrayList<>();
            for (String consent : mapping.consents()) {
                String[] parts = consent.split("/", 2);
                consents.add(Map.of(
                        "channel",
                        parts[0],
                        "purpose",
                        parts[1],
                        "granted",
                        true,
                        "source",
                        String.valueOf(mapping.consentSource())));
            }
            traits.put("consents", consents);
        }
        if (traits.isEmpty()) {
            return;
        }
        Map<String, String> content = new LinkedHashMap<>();
        content.put("customer", customer);
        traits.forEach((name, value) -> content.put(
                "trait." + name,
                name.equals("consents") ? mapping.consents() + " " + mapping.consentSource() : String.valueOf(value)));
        activities.add(new ActivityReceived(
                customer,
                customer,
                null,
                "import",
                "identify:" + HexFormat.of().formatHex(hash(content)),
                ActivityType.IDENTIFY,
                null,
                startedAt,
                TimePrecision.INSTANT,
                startedAt,
                false,
                Map.of(),
                traits,
                Map.of("importId", importId.toString())));
    }

    private static void check(String column, String value) throws Refusal {
        if (value.indexOf('\uFFFD') >= 0) {
            throw new Refusal(column, "malformed-encoding", "not in the file's character set");
        }
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                throw new Refusal(column, "control-character", "no control characters");
            }
        }
        if (!Mapping.ROW_ROLES.contains(column) && value.length() > MAX_TRAIT) {
            throw new Refusal(column, "too-long", "at most " + MAX_TRAIT + " characters");
        }
    }

    private When when(String text) throws Refusal {
        When when;
        try {
            if (text.matches("\\d{8}")) {
                when = day(LocalDate.parse(text, BASIC));
            } else if (text.matches("\\d{4}-\\d\\d-\\d\\d")) {
                when = day(LocalDate.parse(text, DASHED));
            } else if (text.matches("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?")) {
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

    private static When day(LocalDate day) {
        return new When(day.atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC), TimePrecision.DAY);
    }

    private static BigDecimal number(String column, String text) throws Refusal {
        if (!text.matches("[+-]?(\\d{1,12}(\\.\\d{1,6})?|\\.\\d{1,6})")) {
            throw new Refusal(
                    column,
                    text.isEmpty() ? "missing-value" : column.equals("amount") ? "bad-amount" : "bad-number",
                    "a decimal number such as 12.50");
        }
        return new BigDecimal(text);
    }

    /** SHA-256 of the event's name and the mapped values as they stand in the file, each with its length before it. */
    private byte[] hash(Map<String, String> row) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            update(sha, mapping.event());
            row.forEach((role, value) -> {
                update(sha, role);
                update(sha, value);
            });
            return sha.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void update(MessageDigest sha, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
        sha.update(bytes);
    }
}
