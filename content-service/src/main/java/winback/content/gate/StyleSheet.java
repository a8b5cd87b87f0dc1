package winback.content.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
    /** What stands within brackets, where it chooses by anything but classes and ids. */
    private static final Pattern VALUE = Pattern.compile("\\[\\s*(?!class\\b|id\\b)[-\\w|:]+\\s*[~|^$*]?=.*");

    /** Nobody puts more conditions within each other. */
    private static final int DEEPEST = 8;

    /** @param dark whether it counts for readers of dark screens only */
    private record Rule(String selector, List<Styles.Declaration> declarations, boolean dark) {}

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
            sheet.read(plain, false, 0);
            return sheet;
        });
    }

    /** What could be anything, such as rules within rules. */
    Optional<String> strange() {
        return strange.stream().findFirst();
    }

    boolean hasDark() {
        return rules.stream().anyMatch(Rule::dark);
    }

    List<Styles.Declaration> declarations() {
        return rules.stream().flatMap(rule -> rule.declarations().stream()).toList();
    }

    private void read(String css, boolean dark, int depth) {
        int from = 0;
        for (int i = 0; i < css.length(); i++) {
            char c = css.charAt(i);
            if (c == ';' || c == '}') {
                from = i + 1;
            } else if (c == '{') {
                int end = end(css, i);
                block(css.substring(from, i).strip(), css.substring(i + 1, end), dark, depth);
                i = end;
                from = end + 1;
            } else {
                i = end(css, i);
            }
        }
    }

    private void block(String prelude, String body, boolean dark, int depth) {
        if (prelude.startsWith("@")) {
            String name = prelude.substring(1).split("[^-\\w]", 2)[0].toLowerCase(Locale.ROOT);
            if (CONDITIONS.contains(name) && depth < DEEPEST) {
                boolean alsoDark =
                        dark || DARK.matcher(prelude.toLowerCase(Locale.ROOT)).find();
                read(body, alsoDark, depth + 1);
            } else if (!HARMLESS.contains(name) && !name.endsWith("-keyframes")) {
                strange.add("@" + name);
            }
        } else if (body.contains("{")) {
            strange.add(prelude);
        } else {
            rules.add(new Rule(prelude, Styles.declarations(body), dark));
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

    /**
     * Writes the declarations to the elements that they may be meant for: important ones before the element's own, so that the
     * first of a property counts most, and others behind them.
     *
     * @param dark whether to read as on a dark screen
     */
    void applyTo(Document html, boolean dark) {
        for (Rule rule : rules) {
            if (rule.dark() && !dark) {
                continue;
            }
            String important = Styles.written(rule.declarations(), true);
            String others = Styles.written(rule.declarations(), false);
            for (Element element : chosen(html, rule.selector())) {
                element.attr(Styles.BEFORE, important + element.attr(Styles.BEFORE));
                element.attr(Styles.BEHIND, others + element.attr(Styles.BEHIND));
            }
        }
    }

    /** Whatever a list of selectors could choose. */
    private static Elements chosen(Document html, String selectors) {
        String wide = widened(selectors);
        Elements chosen = new Elements();
        for (String each : wide.split(",", -1)) {
            // What stands for anything is needed only where nothing else is said.
            String selector = each.strip().replaceAll("(?<=[\\w\\]*])\\*+|\\*+(?=[\\w.#\\[])", "");
            if (selector.isEmpty()) {
                continue;
            }
            try {
                chosen.addAll(html.select(selector));
            } catch (Selector.SelectorParseException | IllegalArgumentException unknown) {
                chosen.addAll(html.getAllElements());
            }
        }
        return chosen;
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
