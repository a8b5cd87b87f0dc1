package winback.profile.imports;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import winback.chassis.problems.Problem;
import winback.chassis.problems.Problem.Fault;

/**
 * How a file is to be read, from the query of the request.
 *
 * @param columns role to column: {@code customer}, {@code at}, and optionally {@code amount}, {@code orderId},
 *     {@code quantity}; every other name becomes a trait of the customer. A column is a name of the header or a number
 *     from 1
 * @param delimiter {@code whitespace}, {@code tab} or one character
 * @param shiftDays added to every date
 * @param emailPattern the address of a customer without one in the file, {@code {id}} standing for the id; null for none
 * @param consents {@code channel/purpose}, declared for every customer of the file
 */
record Mapping(
        Map<String, String> columns,
        boolean header,
        String delimiter,
        Charset charset,
        String event,
        String currency,
        int shiftDays,
        @Nullable String emailPattern,
        @Nullable String timezone,
        List<String> consents,
        @Nullable String consentSource,
        @Nullable String name) {

    /** Roles that are no traits. */
    static final List<String> ROW_ROLES = List.of("customer", "at", "amount", "orderId", "quantity");

    private static final int MAX_COLUMNS = 60;
    private static final int MAX_SHIFT_DAYS = 36_500;

    /** Reads the query, or tells all that is wrong with it at once. */
    static Mapping of(MultiValueMap<String, String> query, String defaultCurrency) {
        List<Fault> faults = new ArrayList<>();
        Map<String, String> columns = columns(query.getFirst("columns"), faults);
        boolean header = header(query.getFirst("header"), faults);
        if (!header) {
            columns.forEach((role, column) -> {
                if (!column.matches("\\d{1,4}")) {
                    faults.add(new Fault("columns." + role, "wrong-value", "without a header, a number from 1"));
                }
            });
        }
        String delimiter = query.getOrDefault("delimiter", List.of(",")).getFirst();
        if (!delimiter.equals("whitespace") && !delimiter.equals("tab") && delimiter.length() != 1
                || delimiter.equals("\"")
                || delimiter.equals("\n")
                || delimiter.equals("\r")) {
            faults.add(new Fault("delimiter", "wrong-value", "tab, whitespace or one character"));
        }
        Charset charset = charset(query.getFirst("charset"), faults);
        String event = text(query, "event", "Order Completed", faults);
        String currency = text(query, "currency", defaultCurrency, faults);
        if (!currency.matches("[A-Za-z]{3}")) {
            faults.add(new Fault("currency", "wrong-value", "three letters, ISO 4217"));
        }
        int shiftDays = shift(query.getFirst("shiftDays"), faults);
        String emailPattern = optional(query, "emailPattern", faults);
        if (emailPattern != null && !emailPattern.contains("{id}")) {
            faults.add(new Fault("emailPattern", "wrong-value", "contains {id}"));
        }
        String timezone = optional(query, "timezone", faults);
        if (timezone != null) {
            try {
                ZoneId.of(timezone);
            } catch (DateTimeException unknown) {
                faults.add(new Fault("timezone", "wrong-value", "an IANA zone such as Europe/Berlin"));
            }
        }
        List<String> consents = query.getOrDefault("consent", List.of());
        for (String consent : consents) {
            if (!consent.matches("[a-z0-9_-]{1,64}/[a-z0-9_-]{1,64}")) {
                faults.add(new Fault("consent", "wrong-value", "channel/purpose such as email/marketing"));
            }
        }
        String consentSource = optional(query, "consentSource", faults);
        if (!consents.isEmpty() && consentSource == null) {
            faults.add(new Fault("consentSource", "missing", "says where the consent was given"));
        }
        String name = optional(query, "name", faults);
        if (!faults.isEmpty() || charset == null) {
            throw Problem.invalid(
                    faults.getFirst().field() + ": " + faults.getFirst().detail(), faults);
        }
        return new Mapping(
                columns,
                header,
                delimiter,
                charset,
                event,
                currency.toUpperCase(Locale.ROOT),
                shiftDays,
                emailPattern,
                timezone,
                List.copyOf(consents),
                consentSource,
                name);
    }

    private static Map<String, String> columns(@Nullable String text, List<Fault> faults) {
        Map<String, String> columns = new LinkedHashMap<>();
        if (text != null) {
            for (String pair : text.split(",", -1)) {
                int equals = pair.indexOf('=');
                String role = equals < 0 ? "" : pair.substring(0, equals).strip();
                String column = equals < 0 ? "" : pair.substring(equals + 1).strip();
                if (!role.matches("[A-Za-z][A-Za-z0-9_]{0,63}") || column.isEmpty()) {
                    faults.add(new Fault("columns", "wrong-value", "pairs such as customer=1,at=3"));
                } else if (columns.put(role, column) != null) {
                    faults.add(new Fault("columns." + role, "duplicate", "mapped twice"));
                }
            }
        }
        for (String role : List.of("customer", "at")) {
            if (!columns.containsKey(role)) {
                faults.add(new Fault("columns." + role, "missing", "says in which column the " + role + " is"));
            }
        }
        if (columns.size() > MAX_COLUMNS) {
            faults.add(new Fault("columns", "too-many", "at most " + MAX_COLUMNS));
        }
        return columns;
    }

    private static boolean header(@Nullable String text, List<Fault> faults) {
        if (text != null && !text.equals("true") && !text.equals("false")) {
            faults.add(new Fault("header", "wrong-value", "true or false"));
        }
        return !"false".equals(text);
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

    private static String text(MultiValueMap<String, String> query, String name, String otherwise, List<Fault> faults) {
        String text = optional(query, name, faults);
        return text == null ? otherwise : text;
    }

    private static @Nullable String optional(MultiValueMap<String, String> query, String name, List<Fault> faults) {
        String text = query.getFirst(name);
        if (text == null || text.isBlank()) {
            return null;
        }
        if (text.length() > 255 || text.chars().anyMatch(Character::isISOControl)) {
            faults.add(new Fault(name, "wrong-value", "at most 255 characters, no control characters"));
            return null;
        }
        return text.strip();
    }
}
