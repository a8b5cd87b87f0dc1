package winback.content.templates;

import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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

    /** A filter whose result is bounded, and which yields nothing where it cannot be applied. */
    private static final class Bounded extends Filter {
        private final Filter filter;

        Bounded(String name, Filter filter) {
            super(name);
            this.filter = filter;
        }

        @Override
        public @Nullable Object apply(@Nullable Object value, TemplateContext context, Object... parameters) {
            if (name.equals("date") && (value == null || isNow(value))) {
                return null; // a mail rendered again tomorrow has to be the same
            }
            try {
                return bounded(filter.apply(value, context, parameters));
            } catch (RuntimeException notApplicable) {
                return null;
            }
        }

        private static boolean isNow(Object value) {
            String text = value.toString().strip();
            return text.isEmpty() || text.equalsIgnoreCase("now") || text.equalsIgnoreCase("today");
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
