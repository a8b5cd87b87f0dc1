package winback.content.gate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;
import winback.content.gate.StyleSheet.Screen;

/**
 * What style sheets and style attributes do to what is read. There are endless ways to make a thing unseen; so what has to be
 * seen may have only such styles as are known to leave it so.
 */
final class Styles {

    /**
     * Attributes of an element that has been styled by a sheet: what counts before its own styles, what behind, and colours
     * that count in some programs or at some sizes only.
     */
    static final String BEFORE = "winback-before";

    static final String BEHIND = "winback-behind";
    static final String PERHAPS = "winback-perhaps";

    /** Those of its styles that count everywhere. */
    static final String ALWAYS = "winback-always";

    /** @param property in lower case */
    record Declaration(String property, String value, boolean important) {

        boolean inks() {
            return property.equals("color");
        }

        boolean grounds() {
            return GROUNDS.contains(property);
        }

        private boolean is(String... values) {
            for (String each : values) {
                if (value.equals(each)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Stands for an escaped sign that would mean something if it were not: nobody needs it. */
    static final char ODD = '\uFFFF';

    private static final String SIGNS_OF_SYNTAX = "\"'(){}[];:,@/*\\";
    private static final Pattern IMPORTANT = Pattern.compile("!\\s*important\\s*$");
    private static final Pattern LENGTH = Pattern.compile(
            "(?<![-\\w.#(])(-?\\d*\\.?\\d+)(px|pt|pc|em|rem|ex|ch|mm|cm|in|q|vw|vh|vmin|vmax|%)?(?![-\\w.(])");
    private static final Pattern QUOTED_WORDS = Pattern.compile("[\"'][^\"']*[\\p{L}\\p{N}%][^\"']*[\"']");
    private static final Pattern WORDLESS =
            Pattern.compile("[\"'][^\"'\\p{L}\\p{N}%]*[\"']|(?:no-)?(?:open|close)-quote");

    /** They leave words as they are, whatever they say. */
    private static final Set<String> HARMLESS = Set.of(
            "align-items",
            "align-content",
            "align-self",
            "box-shadow",
            "box-sizing",
            "caption-side",
            "clear",
            "color-scheme",
            "cursor",
            "direction",
            "empty-cells",
            "float",
            "font-feature-settings",
            "font-stretch",
            "font-style",
            "font-variant",
            "font-weight",
            "gap",
            "hyphens",
            "justify-content",
            "letter-spacing",
            "object-fit",
            "object-position",
            "order",
            "overflow-wrap",
            "orphans",
            "page-break-inside",
            "src",
            "supported-color-schemes",
            "table-layout",
            "tab-size",
            "text-align",
            "text-align-last",
            "text-rendering",
            "text-size-adjust",
            "text-transform",
            "text-underline-offset",
            "text-underline-position",
            "transition",
            "user-select",
            "vertical-align",
            "white-space",
            "widows",
            "word-break",
            "word-wrap",
            "unicode-bidi",
            "accent-color",
            "caret-color",
            "-webkit-font-smoothing",
            "-moz-osx-font-smoothing",
            "-webkit-text-size-adjust",
            "-ms-text-size-adjust",
            "-moz-text-size-adjust",
            "-ms-interpolation-mode",
            "-webkit-tap-highlight-color",
            "-webkit-user-select",
            "-webkit-hyphens",
            "-ms-word-break",
            "-webkit-box-sizing",
            "-moz-box-sizing",
            "image-rendering");

    private static final List<String> HARMLESS_FAMILIES = List.of(
            "border",
            "outline",
            "flex",
            "grid",
            "list-style",
            "column",
            "text-decoration",
            "background-",
            "mso-",
            "break-",
            "-webkit-border",
            "-moz-border",
            "-webkit-box-shadow",
            "--");

    private static final Set<String> INHERITED =
            Set.of("inherit", "initial", "unset", "revert", "auto", "normal", "none");
    private static final Set<String> SHOWN = Set.of(
            "block",
            "inline",
            "inline-block",
            "flex",
            "inline-flex",
            "grid",
            "inline-grid",
            "list-item",
            "flow-root",
            "inherit",
            "initial",
            "unset",
            "revert");
    private static final Pattern SIGNS = Pattern.compile("(?i)webdings|wingdings|symbol|dingbats|emoji|barcode");

    /** Of the size of words, in pixels. */
    private static final Map<String, Double> KEYWORDS = Map.of(
            "xx-small",
            9.,
            "x-small",
            10.,
            "small",
            13.,
            "medium",
            16.,
            "large",
            18.,
            "x-large",
            24.,
            "xx-large",
            32.,
            "xxx-large",
            48.);

    private static final double LEAST_SIZE = 8;
    private static final double LEAST_CONTRAST = 1.8;

    /** Of those who wrote a sheet for light screens first; clients change colours on dark ones as they like. */
    private static final double LEAST_CONTRAST_AT_NIGHT = 1.25;

    /** In pixels: what is moved by more may lie on something else. */
    private static final double FAR = 20;

    /** In pixels, of lines under words. */
    private static final double THICKEST = 4;

    /** In pixels: what is so far down is not looked for. */
    static final double OUT_OF_SIGHT = 1_500;

    private Styles() {}

    /** Without comments and escapes, by which words such as {@code url} can be written otherwise. */
    static String plain(String css) {
        StringBuilder plain = new StringBuilder(css.length());
        char quote = 0;
        for (int i = 0; i < css.length(); i++) {
            char c = css.charAt(i);
            if (c == '\\') {
                i = escape(css, i, quote != 0, plain);
            } else if (quote != 0) {
                // A text that is not closed ends with its line.
                boolean ends = c == quote || c == '\n' || c == '\r' || c == '\f';
                plain.append(ends ? quote : c);
                quote = ends ? 0 : quote;
            } else if (css.startsWith("/*", i)) {
                int end = css.indexOf("*/", i + 2);
                i = end < 0 ? css.length() : end + 1;
            } else if (css.startsWith("<!--", i) || css.startsWith("-->", i)) {
                i += c == '<' ? 3 : 2;
            } else {
                quote = c == '"' || c == '\'' ? c : 0;
                plain.append(c);
            }
        }
        return plain.toString();
    }

    /** Returns the place of its last character. */
    private static int escape(String css, int start, boolean quoted, StringBuilder plain) {
        int end = start + 1;
        while (end < css.length() && end < start + 7 && Character.digit(css.charAt(end), 16) >= 0) {
            end++;
        }
        int code;
        if (end > start + 1) {
            code = Integer.parseInt(css.substring(start + 1, end), 16);
            end -= end < css.length() && Character.isWhitespace(css.charAt(end)) ? 0 : 1;
        } else if (end < css.length()) {
            code = css.charAt(end);
        } else {
            return start;
        }
        if (!Character.isValidCodePoint(code)) {
            return end;
        }
        boolean odd = SIGNS_OF_SYNTAX.indexOf(code) >= 0 || Character.isISOControl(code);
        plain.appendCodePoint(!odd ? code : quoted ? ' ' : ODD);
        return end;
    }

    /** So many are kept, and none that is longer: mails share their styles. */
    private static final int MOST_KEPT = 10_000;

    private static final int LONGEST_KEPT = 500;
    private static final Map<String, List<Declaration>> READ = new ConcurrentHashMap<>();

    /** @param css of one rule or a style attribute, without escapes */
    static List<Declaration> declarations(String css) {
        if (css.isBlank()) {
            return List.of();
        }
        if (css.length() > LONGEST_KEPT) {
            return read(css);
        }
        if (READ.size() > MOST_KEPT) {
            READ.clear();
        }
        return READ.computeIfAbsent(css, Styles::read);
    }

    private static List<Declaration> read(String css) {
        List<Declaration> declarations = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= css.length(); i++) {
            char c = i == css.length() ? ';' : css.charAt(i);
            if (c == ';') {
                declaration(css.substring(from, i)).ifPresent(declarations::add);
                from = i + 1;
            } else {
                i = StyleSheet.end(css, i);
            }
        }
        return List.copyOf(declarations);
    }

    private static Optional<Declaration> declaration(String written) {
        int colon = written.indexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        String value = written.substring(colon + 1).strip().toLowerCase(Locale.ROOT);
        String plain = IMPORTANT.matcher(value).replaceAll("");
        return Optional.of(new Declaration(
                written.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                plain.strip(),
                plain.length() < value.length()));
    }

    /** As a style attribute, those that are important or the others. */
    static String written(List<Declaration> declarations, boolean important) {
        return declarations.stream()
                .filter(declaration -> declaration.important() == important)
                .map(declaration -> declaration.property() + ":" + declaration.value() + ";")
                .collect(Collectors.joining());
    }

    /** As a style attribute. */
    static String all(List<Declaration> declarations) {
        return declarations.stream()
                .map(each -> each.property() + ":" + each.value() + (each.important() ? "!important;" : ";"))
                .collect(Collectors.joining());
    }

    /** What no mail may have: words that are in no text, and what lies on other things or pushes them out of sight. */
    static Optional<String> misuse(List<Declaration> declarations) {
        for (Declaration each : declarations) {
            String property = each.property();
            boolean words = switch (property) {
                case "content" ->
                    !INHERITED.contains(each.value())
                            && !WORDLESS.matcher(each.value()).matches();
                case "quotes", "list-style", "list-style-type", "text-overflow", "symbols", "prefix", "suffix" ->
                    QUOTED_WORDS.matcher(each.value()).find() || each.value().startsWith("symbols(");
                default -> false;
            };
            boolean covers = switch (property) {
                case "position" -> each.is("absolute");
                case "bottom" -> most(each.value()) > FAR;
                case "top", "left", "right", "inset" -> least(each.value()) < -FAR;
                case "translate" -> !INHERITED.contains(each.value());
                case "transform", "-webkit-transform", "-ms-transform" ->
                    each.value().matches(".*(?:translate|matrix|scale|perspective).*");
                default -> property.startsWith("margin") && least(each.value()) < -FAR;
            };
            boolean pushes = (property.startsWith("margin")
                            || property.startsWith("padding")
                            || property.startsWith("border") && !property.contains("radius")
                            || property.endsWith("height"))
                    && !property.startsWith("max")
                    && most(each.value()) > OUT_OF_SIGHT;
            if (words || covers || pushes) {
                return Optional.of(property + ":" + each.value());
            }
        }
        return Optional.empty();
    }

    /** Of the lengths in a value, in pixels; at most 0. */
    private static double least(String value) {
        return Math.min(0, lengths(value).min().orElse(0));
    }

    /** Likewise, at least 0. */
    private static double most(String value) {
        return Math.max(0, lengths(value).max().orElse(0));
    }

    private static DoubleStream lengths(String value) {
        return LENGTH.matcher(value).results().mapToDouble(length -> pixels(length.group(1), length.group(2), 16));
    }

    /** @param around the size of words, which some units are parts of; a screen is taken to be 400 wide and 800 high */
    private static double pixels(String number, @Nullable String unit, double around) {
        double value = Double.parseDouble(number);
        return value
                * switch (unit == null ? "" : unit) {
                    case "pt" -> 4 / 3.;
                    case "pc", "rem" -> 16;
                    case "em" -> around;
                    case "ex", "ch" -> around / 2;
                    case "mm" -> 3.7795;
                    case "cm" -> 37.795;
                    case "q" -> .945;
                    case "in" -> 96;
                    case "vw", "vmin" -> 4;
                    case "vh", "vmax" -> 8;
                    case "%" -> around / 100;
                    default -> 1;
                };
    }

    /** What words look like, from the outermost element inwards. */
    private static final class Look {
        double size = 16;
        double line = 20;
        boolean cuts;
        boolean small;
        List<Colour> inks = List.of(Colour.BLACK);
        List<Colour> grounds = List.of();
        List<Colour> perhapsBehind = List.of();

        Look(Screen screen) {
            if (screen == Screen.OUTLOOK_NIGHT) {
                // Whatever it takes for them.
                inks = List.of();
            }
        }

        boolean canBeRead(Screen screen) {
            if (size < LEAST_SIZE || line < LEAST_SIZE / 2) {
                return false;
            }
            boolean dark = screen != Screen.DAY;
            double needed = dark ? LEAST_CONTRAST_AT_NIGHT : LEAST_CONTRAST;
            for (Colour ink : inks) {
                boolean stands = grounds.isEmpty()
                        ? ink.contrast(Colour.WHITE) >= needed || dark && ink.contrast(Colour.NIGHT) >= needed
                        : grounds.stream().allMatch(ground -> ink.contrast(ground) >= needed);
                stands &= perhapsBehind.stream().allMatch(ground -> ink.contrast(ground) >= needed);
                if (ink.alpha() < .4 || !stands) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Whether these styles leave a thing to be seen, read and clicked.
     *
     * @param outermost the element that holds all others first, the thing itself last; their style attributes without escapes
     */
    static boolean show(List<Element> outermost, Screen screen) {
        Look look = new Look(screen);
        for (Element element : outermost) {
            if (!show(element, look)) {
                return false;
            }
        }
        return look.canBeRead(screen);
    }

    /** Elements whose own words have, for sure, the colour of what is behind them. */
    static Set<Element> blended(Element outermost) {
        Set<Element> blended = new HashSet<>();
        blended(outermost, List.of(Colour.BLACK), List.of(Colour.WHITE), blended);
        return blended;
    }

    /** @param grounds empty where a picture is */
    private static void blended(Element element, List<Colour> inks, List<Colour> grounds, Set<Element> blended) {
        List<Declaration> own = new ArrayList<>(declarations(element.attr(BEFORE)));
        own.addAll(declarations(element.attr("style")));
        List<Declaration> behind = declarations(element.attr(BEHIND));
        Look look = new Look(Screen.DAY);
        look.inks = inks;
        look.grounds = grounds;
        colours(element, own, behind, look);
        boolean picture = element.hasAttr("background")
                || Stream.concat(own.stream(), behind.stream())
                        .anyMatch(each -> each.grounds() && each.value().contains("url("));
        List<Colour> here = picture ? List.of() : look.grounds;
        if (!element.ownText().isBlank()
                && !here.isEmpty()
                && look.inks.stream().allMatch(ink -> here.stream().allMatch(ink::isLike))) {
            blended.add(element);
        }
        element.children().forEach(child -> blended(child, look.inks, here, blended));
    }

    private static boolean show(Element element, Look look) {
        List<Declaration> own = new ArrayList<>(declarations(element.attr(BEFORE)));
        own.addAll(declarations(element.attr("style")));
        List<Declaration> behind = declarations(element.attr(BEHIND));
        List<Declaration> all = new ArrayList<>(own);
        all.addAll(behind);
        look.small |= isNarrow(element.attr("width"));
        if (SIGNS.matcher(element.attr("face")).find()) {
            return false;
        }
        double size = Double.MAX_VALUE;
        switch (element.normalName()) {
            case "small", "sub", "sup" -> look.size *= .83;
            case "big" -> look.size *= 1.2;
            default -> {}
        }
        for (Declaration each : all) {
            String value = each.value();
            if (!isKnownToShow(each)) {
                return false;
            }
            switch (each.property()) {
                case "font-size" -> size = Math.min(size, size(value, look.size));
                case "font" -> size = Math.min(size, sizeOfFont(value, look.size));
                case "line-height" -> {
                    Matcher length = LENGTH.matcher(value);
                    if (length.matches()) {
                        look.line = length.group(2) == null
                                ? Double.parseDouble(length.group(1)) * look.size
                                : pixels(length.group(1), length.group(2), look.size);
                    } else {
                        look.line = 20;
                    }
                }
                case "overflow", "overflow-x", "overflow-y" ->
                    look.cuts |= !each.is("visible", "initial", "unset", "inherit");
                case "height", "max-height", "width", "max-width" -> look.small |= isSmall(each);
                default -> {}
            }
        }
        if (look.cuts && look.small) {
            return false;
        }
        if (size < Double.MAX_VALUE) {
            look.size = size;
        }
        return colours(element, own, behind, look);
    }

    /** As an attribute says, in pixels or percent. */
    private static boolean isNarrow(String width) {
        Matcher length = LENGTH.matcher(width.strip());
        return length.matches() && Double.parseDouble(length.group(1)) < ("%".equals(length.group(2)) ? 20 : 60);
    }

    /** A height that is given cuts off what is below it; a width only when it is small. */
    private static boolean isSmall(Declaration each) {
        Matcher length = LENGTH.matcher(each.value());
        if (!length.matches()) {
            return false;
        }
        boolean share = "%".equals(length.group(2));
        double value = share ? Double.parseDouble(length.group(1)) : pixels(length.group(1), length.group(2), 16);
        return each.property().endsWith("height") ? !share || value < 50 : value < (share ? 20 : 100);
    }

    private static double size(String value, double around) {
        Double keyword = KEYWORDS.get(value);
        if (keyword != null) {
            return keyword;
        }
        if (value.equals("smaller") || value.equals("larger")) {
            return around * (value.equals("smaller") ? .83 : 1.2);
        }
        if (INHERITED.contains(value)) {
            return Double.MAX_VALUE;
        }
        // Never less than that.
        Matcher length = LENGTH.matcher(
                value.startsWith(CLAMP)
                        ? value.substring(CLAMP.length()).split(",", 2)[0].strip()
                        : value);
        return length.matches() ? pixels(length.group(1), length.group(2), around) : 0;
    }

    private static final String CLAMP = "clamp(";

    private static final Pattern SIZE_OF_FONT = Pattern.compile("(\\S+?)(?:\\s*/\\s*(\\S+))?\\s+[\"'a-z].*");

    /** The only length of a {@code font} that is not behind a slash. */
    private static double sizeOfFont(String value, double around) {
        for (String part : value.split("\\s*/\\s*\\S+|\\s+", -1)) {
            if (KEYWORDS.containsKey(part) || part.matches("-?[\\d.]+[a-z%]+|smaller|larger|0")) {
                return size(part, around);
            }
        }
        return SIZE_OF_FONT.matcher(value).matches() ? 0 : Double.MAX_VALUE;
    }

    private static boolean isKnownToShow(Declaration each) {
        String value = each.value();
        String property = each.property();
        if (HARMLESS.contains(property) || HARMLESS_FAMILIES.stream().anyMatch(property::startsWith)) {
            return switch (property) {
                case "background-clip", "-webkit-background-clip" -> !value.contains("text");
                case "background-blend-mode" -> INHERITED.contains(value);
                case "mso-hide" -> each.is("none");
                case "mso-ansi-font-size", "mso-color-alt", "mso-font-width", "mso-text-raise" -> false;
                case "letter-spacing" -> least(value) > -3 && most(value) < 10;
                case "unicode-bidi" -> !value.contains("override");
                case "text-decoration", "text-decoration-line", "text-decoration-thickness" ->
                    !value.contains("line-through") && most(value) <= THICKEST;
                case "box-shadow" -> !value.contains("inset");
                case "outline-offset" -> least(value) >= 0;
                case "background-color" -> !value.contains("currentcolor");
                default -> !property.startsWith("mso-style");
            };
        }
        return switch (property) {
            case "display" -> SHOWN.contains(value) || value.startsWith("table") || value.equals("inline-table");
            case "visibility" -> each.is("visible", "inherit", "initial", "unset");
            case "opacity" -> {
                Matcher length = LENGTH.matcher(value);
                yield INHERITED.contains(value)
                        || length.matches()
                                && Double.parseDouble(length.group(1)) / ("%".equals(length.group(2)) ? 100 : 1) >= .5;
            }
            case "position" -> each.is("static", "relative", "initial", "inherit", "unset");
            case "top", "left", "right", "bottom" -> least(value) >= -FAR && most(value) <= FAR;
            case "font-family", "font" -> !SIGNS.matcher(value).find() && !value.contains("var(");
            case "color", "background", "font-size", "line-height" ->
                !value.contains("var(") && !value.contains("calc(") && !value.contains("currentcolor");
            case "width", "max-width", "min-width", "height", "max-height", "min-height" -> !value.contains("var(");
            case "overflow", "overflow-x", "overflow-y", "z-index" -> true;
            case "text-indent", "word-spacing" -> least(value) > -FAR && most(value) < 10 * FAR;
            case "pointer-events" -> each.is("auto", "all", "initial", "inherit", "unset");
            case "transform",
                    "-webkit-transform",
                    "filter",
                    "clip",
                    "clip-path",
                    "animation",
                    "mask",
                    "zoom",
                    "scale",
                    "text-shadow",
                    "writing-mode",
                    "content-visibility",
                    "mix-blend-mode",
                    "isolation",
                    "backdrop-filter",
                    "will-change",
                    "contain" ->
                INHERITED.contains(value) || each.is("1", "100%", "horizontal-tb", "visible", "scroll", "transform");
            case "quotes", "text-overflow", "content" -> true;
            default ->
                property.startsWith("margin") && least(value) >= -FAR && most(value) <= OUT_OF_SIGHT
                        || property.startsWith("padding") && most(value) <= OUT_OF_SIGHT
                        || property.startsWith("-webkit-margin")
                        || property.startsWith("-premailer");
        };
    }

    /** Its own colours, or else all that sheets may give it. False where one is not known here. */
    private static boolean colours(Element element, List<Declaration> own, List<Declaration> behind, Look look) {
        List<Colour> inks = new ArrayList<>();
        List<Colour> grounds = new ArrayList<>();
        boolean known = inks(own, inks) && (!inks.isEmpty() || inks(behind, inks));
        grounds(own, grounds);
        if (grounds.isEmpty()) {
            grounds(behind, grounds);
        } else if (own.stream().noneMatch(each -> each.property().equals("background"))) {
            // A picture stays on top of a colour.
            grounds(
                    behind.stream()
                            .filter(each -> each.value().contains("gradient"))
                            .toList(),
                    grounds);
        }
        Colour attribute = Colour.of(element.attr(element.hasAttr("bgcolor") ? "bgcolor" : "fillcolor"));
        if (grounds.isEmpty() && attribute != null) {
            grounds.add(attribute);
        }
        if (!inks.isEmpty()) {
            look.inks = inks;
        }
        if (!grounds.isEmpty()) {
            look.grounds = grounds;
            look.perhapsBehind = List.of();
        }
        List<Declaration> perhaps = declarations(element.attr(PERHAPS));
        List<Colour> others = new ArrayList<>(look.inks);
        known &= inks(perhaps, others);
        look.inks = others;
        List<Colour> behindPerhaps = new ArrayList<>(look.perhapsBehind);
        grounds(perhaps, behindPerhaps);
        look.perhapsBehind = behindPerhaps;
        return known;
    }

    private static boolean inks(List<Declaration> declarations, List<Colour> inks) {
        for (Declaration each : declarations) {
            if (each.property().equals("color")) {
                Colour ink = Colour.of(each.value());
                if (ink != null) {
                    inks.add(ink);
                } else if (!INHERITED.contains(each.value()) && !each.value().equals("currentcolor")) {
                    return false;
                }
            }
        }
        return true;
    }

    private static final Set<String> GROUNDS = Set.of("background", "background-color", "background-image");
    private static final Pattern ADDRESS = Pattern.compile("url\\([^)]*\\)");

    /** Also those of gradients, of which all may be behind a word. */
    private static final Pattern COLOUR =
            Pattern.compile("#[0-9a-f]{3,8}(?![0-9a-z])|(?:rgb|hsl)a?\\([^()]*\\)|(?<![-\\w])[a-z]{3,20}(?![-\\w(])");

    private static void grounds(List<Declaration> declarations, List<Colour> grounds) {
        Map<String, Colour> seen = new HashMap<>();
        for (Declaration each : declarations) {
            if (GROUNDS.contains(each.property())) {
                Matcher part = COLOUR.matcher(ADDRESS.matcher(each.value()).replaceAll(" "));
                while (part.find()) {
                    Colour ground = Colour.of(part.group());
                    if (ground != null && ground.alpha() > .5) {
                        seen.putIfAbsent(part.group(), ground);
                    }
                }
            }
        }
        grounds.addAll(seen.values());
    }
}
