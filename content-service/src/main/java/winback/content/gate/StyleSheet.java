package winback.content.gate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.jsoup.select.Selector;

/**
 * A style sheet as it may come to count: rules within media and other conditions as if these held, and for whatever a selector
 * could choose. A state, a place or a value that only a browser knows is taken for given.
 */
final class StyleSheet {

    /** Those that surround rules. */
    private static final Set<String> CONDITIONS = Set.of("media", "supports", "layer", "container");

    /** Those that have nothing to do with what is read. */
    private static final Set<String> HARMLESS = Set.of(
            "font-face", "charset", "import", "namespace", "page", "viewport", "-ms-viewport", "keyframes", "list");

    private static final Pattern DARK = Pattern.compile("prefers-color-scheme\\s*:\\s*dark");

    /** Nothing else has to hold than that. */
    private static final Pattern ONLY_SCREEN = Pattern.compile(
            "@media\\s+(?:only\\s+)?(?:screen|all)|@media\\s+(?:(?:only\\s+)?(?:screen|all)\\s+and\\s+)?\\(\\s*prefers-color-scheme\\s*:\\s*dark\\s*\\)");

    /** Outlook's applications mark what they have darkened themselves. */
    private static final Pattern DARKENED = Pattern.compile("\\[\\s*data-og[^\\]]*\\]", Pattern.CASE_INSENSITIVE);

    /** What stands within brackets, where it chooses by anything but classes and ids. */
    private static final Pattern VALUE = Pattern.compile("\\[\\s*(?!class\\b|id\\b)[-\\w|:]+\\s*[~|^$*]?=.*");

    /** Nobody puts more conditions within each other. */
    private static final int DEEPEST = 8;

    /**
     * @param selector a single one, in which {@code *} stands for states, places and values
     * @param sure whether no more has to hold than that screen, and nothing was left out of the selector
     */
    private record Rule(String selector, List<Styles.Declaration> declarations, Screen screen, boolean sure) {

        /** As browsers count; what is taken for given may weigh, too. */
        int specificity() {
            int named = Part.in(selector).stream()
                    .mapToInt(part -> part.kind() == '#' ? 10_000 : part.kind() == 0 ? 1 : 100)
                    .sum();
            return sure ? named : named + 1_000;
        }
    }

    /** On what a mail is read. */
    enum Screen {
        DAY,
        NIGHT,
        /** Where colours are made dark unless a style sheet says what they are there. */
        OUTLOOK_NIGHT
    }

    /** A class, id, attribute or element that a selector names; its sign, 0 of an element. */
    private record Part(char kind, String name) {

        private static final Pattern ANY =
                Pattern.compile("\\[\\s*([^\\s=~|^$*\\]]+)[^\\]]*\\]|([.#]?)([^\\s.#\\[\\]>+~*,:]+)");

        static List<Part> in(String selector) {
            return ANY.matcher(selector.toLowerCase(Locale.ROOT))
                    .results()
                    .map(part -> part.group(1) != null
                            ? new Part('[', part.group(1))
                            : new Part(
                                    part.group(2).isEmpty() ? 0 : part.group(2).charAt(0), part.group(3)))
                    .toList();
        }

        static Set<Part> of(Document html) {
            Set<Part> all = new HashSet<>();
            for (Element element : html.getAllElements()) {
                all.add(new Part((char) 0, element.normalName()));
                element.classNames().forEach(name -> all.add(new Part('.', name.toLowerCase(Locale.ROOT))));
                element.attributes().forEach(attribute -> {
                    String name = attribute.getKey().toLowerCase(Locale.ROOT);
                    all.add(new Part('[', name));
                    if (name.equals("id")) {
                        all.add(new Part('#', attribute.getValue().toLowerCase(Locale.ROOT)));
                    }
                });
            }
            return all;
        }
    }

    private final List<Rule> rules = new ArrayList<>();
    private final List<String> strange = new ArrayList<>();

    private StyleSheet() {}

    /** So many are kept: mails share them. */
    private static final int MOST_KEPT = 100;

    private static final Map<String, StyleSheet> READ = new ConcurrentHashMap<>();

    /** @param css as it is written */
    static StyleSheet of(String css) {
        if (READ.size() > MOST_KEPT) {
            READ.clear();
        }
        return READ.computeIfAbsent(css, written -> {
            StyleSheet sheet = new StyleSheet();
            String plain = Styles.plain(written);
            if (plain.indexOf(Styles.ODD) >= 0) {
                sheet.strange.add("\\");
            }
            sheet.read(plain, Screen.DAY, true, 0);
            return sheet;
        });
    }

    /** What could be anything, such as rules within rules. */
    Optional<String> strange() {
        return strange.stream().findFirst();
    }

    /** Whether it says something for that alone. */
    boolean speaksOf(Screen screen) {
        return rules.stream().anyMatch(rule -> rule.screen() == screen);
    }

    List<Styles.Declaration> declarations() {
        return rules.stream().flatMap(rule -> rule.declarations().stream()).toList();
    }

    private void read(String css, Screen screen, boolean sure, int depth) {
        int from = 0;
        for (int i = 0; i < css.length(); i++) {
            char c = css.charAt(i);
            if (c == ';' || c == '}') {
                from = i + 1;
            } else if (c == '{') {
                int end = end(css, i);
                block(css.substring(from, i).strip(), css.substring(i + 1, end), screen, sure, depth);
                i = end;
                from = end + 1;
            } else {
                i = end(css, i);
            }
        }
    }

    private void block(String prelude, String body, Screen screen, boolean sure, int depth) {
        if (prelude.startsWith("@")) {
            String name = prelude.substring(1).split("[^-\\w]", 2)[0].toLowerCase(Locale.ROOT);
            if (CONDITIONS.contains(name) && depth < DEEPEST) {
                String condition = prelude.toLowerCase(Locale.ROOT);
                read(
                        body,
                        DARK.matcher(condition).find() ? Screen.NIGHT : screen,
                        sure && ONLY_SCREEN.matcher(condition).matches(),
                        depth + 1);
            } else if (!HARMLESS.contains(name) && !name.endsWith("-keyframes")) {
                strange.add("@" + name);
            }
        } else if (body.contains("{")) {
            strange.add(prelude);
        } else {
            List<Styles.Declaration> declarations = Styles.declarations(body);
            for (String each : widened(prelude).split(",", -1)) {
                // What stands for anything is needed only where nothing else is said.
                String selector = each.strip().replaceAll("(?<=[\\w\\]*])\\*+|\\*+(?=[\\w.#\\[])", "");
                boolean whole = selector.equals(each.strip()) && prelude.contains(selector);
                Matcher darkened = DARKENED.matcher(selector);
                if (darkened.find()) {
                    String rest = darkened.replaceAll("").strip();
                    rules.add(new Rule(rest.isEmpty() ? "*" : rest, declarations, Screen.OUTLOOK_NIGHT, sure && whole));
                } else if (!selector.isEmpty()) {
                    rules.add(new Rule(selector, declarations, screen, sure && whole));
                }
            }
        }
    }

    /** Where what begins at this place ends: a text in quotes, something in brackets of any kind, or a single character. */
    static int end(String css, int start) {
        char opening = css.charAt(start);
        if (opening == '"' || opening == '\'') {
            int end = css.indexOf(opening, start + 1);
            return end < 0 ? css.length() - 1 : end;
        }
        int kind = "({[".indexOf(opening);
        if (kind < 0) {
            return start;
        }
        char closing = ")}]".charAt(kind);
        int depth = 0;
        for (int i = start; i < css.length(); i++) {
            char c = css.charAt(i);
            if (c == '"' || c == '\'') {
                i = end(css, i);
            } else if (c == opening) {
                depth++;
            } else if (c == closing && --depth == 0) {
                return i;
            }
        }
        return css.length() - 1;
    }

    /** @param specificity those that come later weigh more where it is the same */
    private record Applied(Styles.Declaration declaration, int specificity, Screen screen, boolean surely) {

        /** It may not count, and what it would hide behind does then. */
        boolean perhaps() {
            return !surely && (declaration.inks() || declaration.grounds());
        }
    }

    /**
     * Writes the declarations to the elements that they may be meant for: important ones before the element's own, so that the
     * first of a property counts most, and others behind them; colours that may not count by themselves.
     *
     * @param sheets in the order of the mail
     */
    static void apply(List<StyleSheet> sheets, Document html, Screen screen) {
        if (screen == Screen.OUTLOOK_NIGHT) {
            html.getAllElements().forEach(StyleSheet::darken);
        }
        Set<Part> parts = Part.of(html);
        Map<Element, List<Applied>> all = new LinkedHashMap<>();
        for (StyleSheet sheet : sheets) {
            for (Rule rule : sheet.rules) {
                if (rule.screen() == Screen.DAY || rule.screen() == screen) {
                    int specificity = rule.specificity();
                    String selector = decidable(rule.selector(), parts);
                    boolean surely = rule.sure() && selector.equals(rule.selector());
                    List<Applied> applied = rule.declarations().stream()
                            .filter(each -> screen != Screen.OUTLOOK_NIGHT
                                    || rule.screen() == screen
                                    || !each.inks() && !each.grounds())
                            .map(each -> new Applied(each, specificity, rule.screen(), surely))
                            .toList();
                    for (Element element : chosen(html, selector)) {
                        all.computeIfAbsent(element, first -> new ArrayList<>()).addAll(applied);
                    }
                }
            }
        }
        all.forEach((element, applied) -> {
            List<Applied> rest = new ArrayList<>(applied);
            outdone(Styles.Declaration::inks, screen, element, rest);
            outdone(Styles.Declaration::grounds, screen, element, rest);
            List<Styles.Declaration> declarations = rest.reversed().stream()
                    .filter(each -> !each.perhaps())
                    .map(Applied::declaration)
                    .toList();
            element.attr(Styles.BEFORE, Styles.written(declarations, true));
            element.attr(Styles.BEHIND, Styles.written(declarations, false) + element.attr(Styles.BEHIND));
            element.attr(
                    Styles.ALWAYS,
                    Styles.all(applied.stream()
                            .filter(each -> each.surely() && each.screen() == Screen.DAY)
                            .map(Applied::declaration)
                            .toList()));
            element.attr(
                    Styles.PERHAPS,
                    Styles.all(rest.stream()
                            .filter(Applied::perhaps)
                            .map(Applied::declaration)
                            .toList()));
        });
    }

    /** Without its colours: they are made others. */
    private static void darken(Element element) {
        List.of("bgcolor", "color", "text", "link", "fillcolor", Styles.BEHIND).forEach(element::removeAttr);
        without(element, each -> each.inks() || each.grounds());
    }

    private static void without(Element element, Predicate<Styles.Declaration> gone) {
        if (element.hasAttr("style")) {
            element.attr(
                    "style",
                    Styles.all(Styles.declarations(element.attr("style")).stream()
                            .filter(gone.negate())
                            .toList()));
        }
    }

    /** What a dark screen's own colour outdoes for sure does not count there. */
    private static void outdone(
            Predicate<Styles.Declaration> kind, Screen screen, Element element, List<Applied> applied) {
        for (boolean important : new boolean[] {true, false}) {
            Applied winner = null;
            for (Applied each : applied) {
                if (kind.test(each.declaration())
                        && each.declaration().important() == important
                        && (winner == null || each.specificity() >= winner.specificity())) {
                    winner = each;
                }
            }
            if (winner != null && screen != Screen.DAY && winner.screen() == screen && winner.surely()) {
                // A picture stays on top of a colour that is no background of its own.
                boolean all = !winner.declaration().property().startsWith("background-");
                Predicate<Styles.Declaration> outdone = kind.and(each -> (important || !each.important())
                        && (all || !each.value().contains("gradient")));
                applied.removeIf(each -> each.screen() != screen && outdone.test(each.declaration()));
                if (important) {
                    without(element, outdone.and(each -> !each.important()));
                }
            }
        }
    }

    /** Whatever a selector could choose. */
    private static Elements chosen(Document html, String selector) {
        try {
            return html.select(selector);
        } catch (Selector.SelectorParseException | IllegalArgumentException unknown) {
            return html.getAllElements();
        }
    }

    /**
     * What of a selector depends on the mail alone. Programs put mails into elements of their own, with classes, ids and other
     * elements before them, and mark elements with attributes.
     */
    private static String decidable(String selector, Set<Part> parts) {
        int from = 0;
        int start = 0;
        for (int i = 0; i < selector.length(); i++) {
            char c = selector.charAt(i);
            if (c == '[') {
                i = end(selector, i);
            } else if (Character.isWhitespace(c) || ">+~".indexOf(c) >= 0) {
                if (c == '+' || c == '~' || !parts.containsAll(Part.in(selector.substring(start, i)))) {
                    from = i + 1;
                }
                start = i + 1;
            }
        }
        String last = selector.substring(from).replaceFirst("^[\\s>+~]+", "");
        for (Part part : Part.in(last)) {
            if (part.kind() == '[' && part.name().startsWith("data-") && !parts.contains(part)) {
                last = last.replaceAll("(?i)\\[\\s*" + Pattern.quote(part.name()) + "[^\\]]*\\]", "");
            }
        }
        return last.isBlank() ? "*" : last.strip();
    }

    /** Without states, places and values: {@code *} stands for them. */
    private static String widened(String selectors) {
        StringBuilder wide = new StringBuilder(selectors.length());
        for (int i = 0; i < selectors.length(); i++) {
            char c = selectors.charAt(i);
            int end = end(selectors, i);
            if (c == ':') {
                while (i + 1 < selectors.length() && isOfName(selectors.charAt(i + 1))) {
                    i++;
                }
                if (i + 1 < selectors.length() && selectors.charAt(i + 1) == '(') {
                    i = end(selectors, i + 1);
                }
                wide.append('*');
            } else if (c == '[') {
                String bracket = selectors.substring(i, Math.min(end + 1, selectors.length()));
                wide.append(VALUE.matcher(bracket).matches() ? "*" : bracket);
                i = end;
            } else {
                wide.append(c);
            }
        }
        return wide.toString();
    }

    private static boolean isOfName(char c) {
        return Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == ':';
    }
}
