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
    private static final Pattern PSEUDO = Pattern.compile("::?[-\\w]+(?:\\((?:[^()]|\\([^()]*\\))*\\))?");
    private static final Pattern VALUE = Pattern.compile("\\[\\s*(?!class\\b|id\\b)[-\\w|:]+\\s*[~|^$*]?=[^\\]]*]");

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
            sheet.read(Styles.plain(written), false);
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

    private void read(String css, boolean dark) {
        int from = 0;
        for (int i = 0; i < css.length(); i++) {
            char c = css.charAt(i);
            if (c == '"' || c == '\'') {
                i = endOfQuote(css, i);
            } else if (c == ';' || c == '}') {
                from = i + 1;
            } else if (c == '{') {
                int end = endOfBlock(css, i);
                block(css.substring(from, i).strip(), css.substring(i + 1, end), dark);
                i = end;
                from = end + 1;
            }
        }
    }

    private void block(String prelude, String body, boolean dark) {
        if (prelude.startsWith("@")) {
            String name = prelude.substring(1).split("[^-\\w]", 2)[0].toLowerCase(Locale.ROOT);
            if (CONDITIONS.contains(name)) {
                read(
                        body,
                        dark || DARK.matcher(prelude.toLowerCase(Locale.ROOT)).find());
            } else if (!HARMLESS.contains(name) && !name.endsWith("-keyframes")) {
                strange.add("@" + name);
            }
        } else if (body.contains("{")) {
            strange.add(prelude);
        } else {
            rules.add(new Rule(prelude, Styles.declarations(body), dark));
        }
    }

    private static int endOfQuote(String css, int start) {
        int end = css.indexOf(css.charAt(start), start + 1);
        return end < 0 ? css.length() - 1 : end;
    }

    private static int endOfBlock(String css, int start) {
        int depth = 0;
        for (int i = start; i < css.length(); i++) {
            char c = css.charAt(i);
            if (c == '"' || c == '\'') {
                i = endOfQuote(css, i);
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return i;
            }
        }
        return css.length();
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

    /** By a list of selectors, some of which may have more commas. */
    private static Elements chosen(Document html, String selectors) {
        String wide = VALUE.matcher(PSEUDO.matcher(selectors).replaceAll("*")).replaceAll("*");
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
}
