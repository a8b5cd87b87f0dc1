package winback.content.gate;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What style sheets and style attributes say to a browser. */
final class Styles {

    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:([0-9a-fA-F]{1,6})\\s?|([^0-9a-fA-F]))");

    /** What can make a thing unseen, moved away or unreadable, in whatever amount. */
    private static final Pattern DISGUISING = Pattern.compile(
            "(?i)(?:^|;)\\s*(?:scale|zoom)\\s*:\\s*(?!none|normal|1\\s*(?:;|$))|(?:^|;)\\s*(?:rotate|translate|transform|(?:-webkit-)?mask[a-z-]*|(?:backdrop-)?filter|clip|clip-path|writing-mode|letter-spacing|word-spacing|text-indent|content-visibility|animation[a-z-]*|-webkit-text-(?:security|fill-color|stroke[a-z-]*)|perspective|inset|z-index)\\s*:\\s*(?!none|normal|auto|0(?:px)?\\s*(?:;|$)|1\\s*(?:;|$))"
                    + "|(?:^|;)\\s*opacity\\s*:\\s*(?!1(?:\\.0*)?\\s*(?:;|$|!)|100%|0?\\.[5-9]|[5-9]\\d%)|(?:^|;)\\s*visibility\\s*:\\s*(?!visible)|(?:^|;)\\s*position\\s*:\\s*(?:absolute|fixed)"
                    + "|:[^;]*(?:var|calc|min|max|clamp|color-mix|oklch|oklab|lch|lab|hwb|env|attr|color)\\(|font-family\\s*:[^;]*(?:webdings|wingdings|symbol)"
                    + "|(?:^|;)\\s*(?:max-)?(?:width|height|line-height)\\s*:\\s*[0-4](?:\\.\\d+)?(?:px|pt|%|em|vw|vh)?\\s*(?:;|$|!)(?=.*overflow)|overflow(?=.*[;\\s](?:max-)?(?:width|height)\\s*:\\s*[0-4](?:\\.\\d+)?(?:px|pt|%|em|vw|vh)?\\s*(?:;|$|!))");

    private static final Pattern FONT_SIZE =
            Pattern.compile("(?i)(?<![-\\w])font-size\\s*:\\s*(\\d*\\.?\\d+)\\s*(px|pt|em|rem|%|vw|vh)");

    /** Of these units, what is hardly read. */
    private static final Map<String, Double> SMALL =
            Map.of("px", 8., "pt", 6., "em", .5, "rem", .5, "%", 50., "vw", 1., "vh", 1.);

    private static final Pattern COLOUR = Pattern.compile(
            "(?i)(?<![-\\w])(?:(background)(?:-color)?|color)\\s*:[^;]*?(#[0-9a-f]{3,8}(?![0-9a-z])|rgba?\\(\\s*\\d+\\s*,\\s*\\d+\\s*,\\s*\\d+[^)]*\\)|(?<![-\\w(])[a-z]{3,20}(?![-\\w(]))");
    private static final Map<String, Integer> NAMED = Map.ofEntries(
            Map.entry("white", 0xFFFFFF),
            Map.entry("snow", 0xFFFAFA),
            Map.entry("ghostwhite", 0xF8F8FF),
            Map.entry("whitesmoke", 0xF5F5F5),
            Map.entry("ivory", 0xFFFFF0),
            Map.entry("azure", 0xF0FFFF),
            Map.entry("mintcream", 0xF5FFFA),
            Map.entry("floralwhite", 0xFFFAF0),
            Map.entry("seashell", 0xFFF5EE),
            Map.entry("linen", 0xFAF0E6),
            Map.entry("lightyellow", 0xFFFFE0),
            Map.entry("lightgoldenrodyellow", 0xFAFAD2),
            Map.entry("aliceblue", 0xF0F8FF),
            Map.entry("black", 0x000000),
            Map.entry("gray", 0x808080),
            Map.entry("grey", 0x808080),
            Map.entry("silver", 0xC0C0C0),
            Map.entry("red", 0xFF0000),
            Map.entry("blue", 0x0000FF),
            Map.entry("green", 0x008000),
            Map.entry("navy", 0x000080));

    /** Of the two lightnesses, as WCAG 2.2 counts; text that is meant to be read has 4.5. */
    private static final double LEAST_CONTRAST = 1.8;

    private Styles() {}

    /**
     * Whether these styles leave a thing to be seen and read.
     *
     * @param styles of the thing itself first, then of what it stands in, outwards; without escapes
     */
    static boolean show(List<String> styles) {
        Integer ground = null;
        Integer ink = null;
        for (String style : styles) {
            if (DISGUISING.matcher(style).find()) {
                return false;
            }
            Matcher colour = COLOUR.matcher(style);
            while (colour.find()) {
                Integer value = colour(colour.group(2));
                if (colour.group(1) == null) {
                    ink = ink == null ? value : ink;
                } else {
                    ground = ground == null ? value : ground;
                }
            }
        }
        Matcher size = FONT_SIZE.matcher(styles.getFirst());
        if (size.find()
                && Double.parseDouble(size.group(1))
                        < SMALL.getOrDefault(size.group(2).toLowerCase(Locale.ROOT), 0.)) {
            return false;
        }
        return ink == null || contrast(ink, ground == null ? 0xFFFFFF : ground) >= LEAST_CONTRAST;
    }

    /** Null for what is not a colour that is known here, such as {@code inherit}. */
    private static @Nullable Integer colour(String written) {
        String colour = written.toLowerCase(Locale.ROOT);
        if (colour.startsWith("#")) {
            String hex = colour.substring(1);
            String six = hex.length() < 6 ? hex.substring(0, 3).replaceAll("(.)", "$1$1") : hex.substring(0, 6);
            return Integer.parseInt(six, 16);
        }
        if (colour.startsWith("rgb")) {
            int value = 0;
            Matcher part = NUMBER.matcher(colour);
            for (int i = 0; i < 3 && part.find(); i++) {
                value = value << 8 | Math.min(255, Integer.parseInt(part.group()));
            }
            return value;
        }
        return NAMED.get(colour);
    }

    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");

    private static double contrast(int one, int other) {
        double a = luminance(one);
        double b = luminance(other);
        return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    }

    private static double luminance(int colour) {
        return .2126 * linear(colour >> 16 & 0xFF) + .7152 * linear(colour >> 8 & 0xFF) + .0722 * linear(colour & 0xFF);
    }

    private static double linear(int part) {
        double share = part / 255.;
        return share <= .04045 ? share / 12.92 : Math.pow((share + .055) / 1.055, 2.4);
    }

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
