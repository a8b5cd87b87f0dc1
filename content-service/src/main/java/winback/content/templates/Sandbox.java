package winback.content.templates;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import liqp.PlainBigDecimal;
import liqp.TemplateContext;
import liqp.TemplateParser;
import liqp.TemplateParser.ErrorMode;
import liqp.filters.Filter;
import liqp.filters.Filters;
import liqp.parser.Flavor;
import org.jspecify.annotations.Nullable;

/**
 * The Liquid that templates may use: no includes, no captures (a captured output would have been escaped already), no
 * filter that reads the clock or grows without bound; at most {@value #MAX_ITERATIONS} loop iterations and
 * {@value #MAX_RENDERED} characters. Those bounds are what bounds the time: a timer would need a thread for each render.
 */
final class Sandbox {

    static final int MAX_ITERATIONS = 500;
    static final int MAX_RENDERED = 400_000;
    static final int MAX_VALUE_LENGTH = 20_000;
    private static final int MAX_DIGITS = 50;

    /** As many digits before the point as a long holds, which is what the library calculates with. */
    private static final int MAX_WHOLE_DIGITS = 18;

    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

    private static final Pattern TIME = Pattern.compile("\\d{1,2}(:\\d{2})+(\\.\\d+)?");

    /** Day, month and year. */
    private static final Pattern WHOLE_DATE = Pattern.compile("(?:[\\p{L}\\p{N}]+[^\\p{L}\\p{N}]+){2}[\\p{L}\\p{N}]");

    private static final Pattern DIGITS = Pattern.compile("\\d+");

    /** As <em>20260305</em>; whole seconds of so few digits are of 1970. */
    private static final Pattern DAY = Pattern.compile("\\d{8}");

    /** In 1973: smaller numbers, such as years and counts, are no seconds since 1970. */
    private static final BigDecimal FIRST_SECONDS = BigDecimal.valueOf(100_000_000);

    private static final Instant FIRST_DATE = Instant.parse("1900-01-01T00:00:00Z");
    private static final Instant AFTER_DATES = Instant.parse("2201-01-01T00:00:00Z");

    /** Escaping is not among them: it is automatic. */
    static final Set<String> FILTERS = Set.of(
            "abs",
            "append",
            "at_least",
            "at_most",
            "capitalize",
            "ceil",
            "date",
            "default",
            "downcase",
            "first",
            "floor",
            "join",
            "last",
            "lstrip",
            "minus",
            "plus",
            "prepend",
            "remove",
            "round",
            "rstrip",
            "size",
            "strip",
            "times",
            "truncate",
            "truncatewords",
            "upcase");

    private static final Map<String, TemplateParser> PARSERS = new HashMap<>();

    static {
        for (String language : List.of("en", "es")) {
            PARSERS.put(language, parser(Locale.of(language)));
        }
    }

    private Sandbox() {}

    static TemplateParser parser(String language) {
        TemplateParser parser = PARSERS.get(language);
        if (parser == null) {
            throw new IllegalArgumentException("unknown language: " + language);
        }
        return parser;
    }

    private static TemplateParser parser(Locale locale) {
        TemplateParser.Builder builder = new TemplateParser.Builder()
                .withFlavor(Flavor.LIQUID)
                .withErrorMode(ErrorMode.STRICT)
                .withStrictTypedExpressions(false)
                .withLocale(locale)
                .withDefaultTimeZone(ZoneOffset.UTC)
                .withMaxIterations(MAX_ITERATIONS)
                .withMaxSizeRenderedString(MAX_RENDERED);
        for (Filter filter : allowed()) {
            builder = builder.withFilter(filter);
        }
        return builder.build();
    }

    private static List<Filter> allowed() {
        Filters known = Filters.DEFAULT_FILTERS;
        List<Filter> filters = new ArrayList<>();
        for (String name : FILTERS) {
            Filter filter = known.get(name);
            if (filter == null) {
                throw new IllegalStateException("no such filter: " + name);
            }
            filters.add(new Bounded(name, filter));
        }
        for (Escape escape : Escape.values()) {
            filters.add(escape.filter());
        }
        return filters;
    }

    /**
     * A filter whose result is bounded, which yields nothing where it cannot be applied, and which sees of lists and objects
     * only what can be said.
     */
    private static final class Bounded extends Filter {
        private final Filter filter;

        Bounded(String name, Filter filter) {
            super(name);
            this.filter = filter;
        }

        @Override
        public @Nullable Object apply(@Nullable Object value, TemplateContext context, Object... parameters) {
            try {
                return bounded(
                        switch (name) {
                            case "abs", "at_least", "at_most", "ceil", "floor", "minus", "plus", "round", "times" ->
                                calculated(value, context, parameters);
                            case "date" -> {
                                Object date = date(value, context);
                                // Without a format the library gives back what it got.
                                yield date == null
                                        ? null
                                        : filter.apply(parameters.length == 0 ? value : date, context, parameters);
                            }
                            // The library's is 0 of nothing, and the length of a number as it would write it.
                            case "size" ->
                                value == null || value instanceof Number || value instanceof Boolean
                                        ? null
                                        : filter.apply(value, context, parameters);
                            case "default", "first", "last" -> filter.apply(value, context, parameters);
                            default -> filter.apply(Escape.sayable(value), context, sayable(parameters));
                        });
            } catch (RuntimeException notApplicable) {
                return null;
            }
        }

        private @Nullable Object calculated(
                @Nullable Object value, TemplateContext context, @Nullable Object... parameters) {
            Object number = number(value);
            @Nullable Object[] operands = new Object[parameters.length];
            for (int i = 0; i < parameters.length; i++) {
                BigDecimal operand = number(parameters[i]);
                // The library writes a pattern with as many digits as it shall round to.
                if (operand == null || name.equals("round") && operand.longValue() > MAX_DIGITS) {
                    return null;
                }
                operands[i] = operand;
            }
            return number == null ? null : filter.apply(number, context, operands);
        }

        /** A number, or a text that is one; null for all else. Written without an exponent, which the library cannot read. */
        private static @Nullable BigDecimal number(@Nullable Object value) {
            String written = value instanceof Number number
                    ? number.toString()
                    : value instanceof String text && text.length() <= MAX_DIGITS ? text.strip() : "";
            if (!(value instanceof Number) && !NUMBER.matcher(written).matches()) {
                return null;
            }
            BigDecimal number = new BigDecimal(written);
            return number.precision() <= MAX_DIGITS
                            && Math.abs(number.scale()) <= MAX_DIGITS
                            && number.precision() - number.scale() <= MAX_WHOLE_DIGITS
                    ? new PlainBigDecimal(number)
                    : null;
        }

        /**
         * A text with a date, a day as {@code yyyyMMdd}, or seconds since 1970, of the years 1900 to 2200; null for all
         * else. Nothing in it is the clock's, neither <em>now</em> nor a part that is left out, since a mail rendered again
         * tomorrow has to be the same.
         */
        private static @Nullable Object date(@Nullable Object value, TemplateContext context) {
            BigDecimal number = number(value);
            Instant instant = null;
            Object date = value;
            if (number != null && number.compareTo(FIRST_SECONDS) >= 0) {
                instant = Instant.ofEpochSecond(number.longValue());
            } else if (number != null) {
                String written = number.toPlainString();
                if (DAY.matcher(written).matches()) {
                    ZonedDateTime day = LocalDate.parse(written, DateTimeFormatter.BASIC_ISO_DATE)
                            .atStartOfDay(ZoneOffset.UTC);
                    date = day;
                    instant = day.toInstant();
                }
            } else if (value instanceof String text) {
                Matcher times = TIME.matcher(text);
                TemplateParser parser = context.getParser();
                String days = times.replaceAll("");
                ZonedDateTime read = WHOLE_DATE.matcher(days).find()
                        ? context.getDateParser().parse(text, parser.locale, parser.defaultTimeZone)
                        : null;
                if (read != null && exists(read.toLocalDate(), days)) {
                    date = times.reset().find() ? read : read.truncatedTo(ChronoUnit.DAYS);
                    instant = read.toInstant();
                }
            }
            return instant == null || instant.isBefore(FIRST_DATE) || !instant.isBefore(AFTER_DATES) ? null : date;
        }

        /** The library takes the last day of a month for those beyond it: February 29 for February 30. */
        private static boolean exists(LocalDate read, String written) {
            return read.getDayOfMonth() < read.lengthOfMonth()
                    || DIGITS.matcher(written)
                            .results()
                            .anyMatch(number -> number.group().length() <= 2
                                    && Integer.parseInt(number.group()) == read.getDayOfMonth());
        }

        private static @Nullable Object[] sayable(@Nullable Object... parameters) {
            if (parameters.length == 0) {
                return parameters; // as upcase, on the path of most values
            }
            @Nullable Object[] sayable = new Object[parameters.length];
            for (int i = 0; i < parameters.length; i++) {
                sayable[i] = Escape.sayable(parameters[i]);
            }
            return sayable;
        }

        private static @Nullable Object bounded(@Nullable Object result) {
            if (result instanceof CharSequence text && text.length() > MAX_VALUE_LENGTH) {
                return null;
            }
            if (result instanceof BigDecimal number
                    && (number.precision() > MAX_DIGITS || Math.abs(number.scale()) > MAX_DIGITS)) {
                return null;
            }
            return result;
        }
    }
}
