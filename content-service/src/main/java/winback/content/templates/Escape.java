package winback.content.templates;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import liqp.TemplateContext;
import liqp.filters.Filter;
import org.jspecify.annotations.Nullable;

/**
 * The last step of every output. A template cannot name these filters (its source may not contain them), they are put at
 * the end of each output when the template is compiled.
 */
enum Escape {
    /** Element content and quoted attribute values. */
    HTML("winback_html") {
        @Override
        String apply(String value) {
            return html(line(value));
        }
    },
    /** A whole URL at the start of a quoted URL attribute: http, https or mailto, else {@code #}. */
    HTML_URL("winback_html_url") {
        @Override
        String apply(String value) {
            String url = line(value).strip();
            String start = url.substring(0, Math.min(8, url.length())).toLowerCase(Locale.ROOT);
            boolean harmless =
                    start.startsWith("https://") || start.startsWith("http://") || start.startsWith("mailto:");
            return harmless ? html(url) : "#";
        }
    },
    /** A part of a URL. Only unreserved characters remain, so it is as harmless in an attribute. */
    URL_PART("winback_url_part") {
        @Override
        String apply(String value) {
            return percentEncoded(line(value));
        }
    },
    /** Text: stays on its line. */
    LINE("winback_line") {
        @Override
        String apply(String value) {
            return line(value);
        }
    };

    static final String RESERVED = "winback_";

    /** Of Arabic, behind which are the scripts with joiners; before it the soft hyphen is the only format character. */
    private static final char FIRST_JOINED = '\u0600';

    private final String filter;

    Escape(String filter) {
        this.filter = filter;
    }

    abstract String apply(String value);

    String filterName() {
        return filter;
    }

    Filter filter() {
        return new Filter(filter) {
            @Override
            public Object apply(@Nullable Object value, TemplateContext context, Object... parameters) {
                Object sayable = sayable(value);
                String text = sayable == null ? "" : asString(sayable, context);
                return Escape.this.apply(text == null ? "" : text);
            }
        };
    }

    /**
     * What of a value can be written: nothing of an object, which has no words, and of a list its members that are none, those
     * of lists in it among them.
     */
    static @Nullable Object sayable(@Nullable Object value) {
        if (value instanceof String) {
            return value; // most are
        }
        if (!(value instanceof Collection<?> list)) {
            return value instanceof Map ? null : value;
        }
        List<Object> said = new ArrayList<>(list.size());
        addSayable(list, said);
        return said;
    }

    private static void addSayable(Collection<?> list, List<Object> said) {
        for (Object member : list) {
            if (member instanceof Collection<?> inner) {
                addSayable(inner, said);
            } else if (member != null && !(member instanceof Map)) {
                said.add(member);
            }
        }
    }

    /**
     * Without control characters; line breaks and tabs become spaces. What does not show, or reorders or hides the text around
     * it, goes too (Unicode's format characters, Cf), but for joiners between letters of scripts that need them, or emoji.
     */
    static String line(String value) {
        int harmless = 0;
        while (harmless < value.length() && isHarmless(value.charAt(harmless))) {
            harmless++;
        }
        if (harmless == value.length()) {
            return value;
        }
        StringBuilder line = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\n' || c == '\t' || c == '\u2028' || c == '\u2029' || c == '\u0085') {
                line.append(' ');
            } else if (isHarmless(c)) {
                line.append(c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                i++;
                if (Character.getType(Character.toCodePoint(c, value.charAt(i))) != Character.FORMAT) {
                    line.append(c).append(value.charAt(i));
                }
            } else if (joins(value, i)) {
                line.append(c);
            }
        }
        return line.toString();
    }

    /** Whether it shows in how its neighbours are drawn; Latin, Greek, Cyrillic and Hebrew letters are drawn as ever. */
    private static boolean joins(String value, int i) {
        char c = value.charAt(i);
        return (c == '\u200c' || c == '\u200d')
                && i > 0
                && value.charAt(i - 1) >= FIRST_JOINED
                && i + 1 < value.length()
                && value.charAt(i + 1) >= FIRST_JOINED;
    }

    /** Most characters are told by the first comparisons, which the path does for each of a mail. */
    private static boolean isHarmless(char c) {
        return c >= 0x20
                && (c < 0x7f
                        || c > 0x9f
                                && c != '\u00ad'
                                && (c < FIRST_JOINED
                                        || !Character.isSurrogate(c) // pairs are looked at together
                                                && c != '\u2028'
                                                && c != '\u2029'
                                                && Character.getType(c) != Character.FORMAT));
    }

    /** What stands for a character of ASCII in HTML; null for itself. */
    private static final char[] @Nullable [] ENTITIES = new char[0x80][];

    static {
        Map.of('&', "&amp;", '<', "&lt;", '>', "&gt;", '"', "&quot;", '\'', "&#39;", '`', "&#96;")
                .forEach((character, entity) -> ENTITIES[character] = entity.toCharArray());
    }

    private static char @Nullable [] entity(char c) {
        return c < ENTITIES.length ? ENTITIES[c] : null;
    }

    /** Counted first and then written once: a reader's name may be a thousand of these characters. */
    private static String html(String value) {
        int length = value.length();
        for (int i = 0; i < value.length(); i++) {
            char[] entity = entity(value.charAt(i));
            length += entity == null ? 0 : entity.length - 1;
        }
        if (length == value.length()) {
            return value;
        }
        char[] escaped = new char[length];
        int at = 0;
        for (int i = 0; i < value.length(); i++) {
            char[] entity = entity(value.charAt(i));
            if (entity == null) {
                escaped[at++] = value.charAt(i);
            } else {
                for (char c : entity) {
                    escaped[at++] = c;
                }
            }
        }
        return new String(escaped);
    }

    /** RFC 3986, section 2.3: everything but unreserved characters is encoded. */
    static String percentEncoded(String value) {
        StringBuilder encoded = new StringBuilder(value.length() + 16);
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '-'
                    || c == '.'
                    || c == '_'
                    || c == '~') {
                encoded.append(c);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return encoded.toString();
    }
}
