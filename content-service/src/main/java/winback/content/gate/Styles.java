package winback.content.gate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What style sheets and style attributes say to a browser. */
final class Styles {

    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:([0-9a-fA-F]{1,6})\\s?|([^0-9a-fA-F]))");

    private Styles() {}

    /** Without comments and escapes, by which words such as {@code url} can be written otherwise. */
    static String plain(String css) {
        return ESCAPE.matcher(COMMENT.matcher(css).replaceAll("")).replaceAll(escape -> {
            if (escape.group(1) == null) {
                return Matcher.quoteReplacement(escape.group(2));
            }
            int code = Integer.parseInt(escape.group(1), 16);
            return Matcher.quoteReplacement(Character.isValidCodePoint(code) ? Character.toString(code) : "");
        });
    }
}
