package winback.content.composer;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import winback.content.brief.Term;
import winback.content.drafts.Style;

/**
 * A line of the phrase resources, read.
 *
 * @param named for subscribers whose first name is known
 * @param unnamed for the others; the same tokens where the name does not matter
 * @param emoji null for none
 * @param slots names of what has to be known to use it
 * @param tags such as {@code stage=lost}
 */
record Phrase(
        List<Token> named,
        List<Token> unnamed,
        @Nullable String emoji,
        Set<String> slots,
        Set<String> tags,
        String source) {

    /** Stands for the first name until a phrase becomes a template. */
    static final char NAME = '\uE000';

    sealed interface Token {}

    record Literal(String text) implements Token {}

    /** Spanish by its two forms of address. */
    record Address(String informal, String formal) implements Token {}

    /**
     * @param determiner to put before it; empty for none
     * @param agreeing a form that takes its place and agrees with it; empty for none
     */
    record Slot(String name, String determiner, String agreeing, boolean capital) implements Token {}

    /** What a slot is filled with. */
    record Value(String within, String alone, @Nullable Term term) {
        static Value of(String text) {
            return new Value(text, text, null);
        }

        static Value of(Term term) {
            return new Value(term.text(), term.text(), term);
        }
    }

    private static final String FIRST = "first";
    private static final String TOPIC = "topic=";
    private static final Pattern TOKEN = Pattern.compile("\\{([^{}]+)\\}|<([^<>|]*)\\|([^<>|]*)>");
    private static final Pattern SLOT = Pattern.compile("(?:(\\p{L}+) )?(\\p{L}[\\p{L}\\p{N}_]*)(?::(.+))?");
    private static final Pattern TAG = Pattern.compile("\\s+#([a-z]+(?:=[a-z]+\\d?)?)$");
    private static final Pattern EMOJI = Pattern.compile("\\s+~(\\S+)$");

    static Phrase parse(String line) {
        String rest = line.strip();
        Set<String> tags = new LinkedHashSet<>();
        for (Matcher tag = TAG.matcher(rest); tag.find(); tag = TAG.matcher(rest)) {
            tags.add(tag.group(1));
            rest = rest.substring(0, tag.start());
        }
        String emoji = null;
        Matcher sign = EMOJI.matcher(rest);
        if (sign.find()) {
            emoji = sign.group(1);
            rest = rest.substring(0, sign.start());
        }
        String[] ways = rest.split(" \\|\\| ", -1);
        List<Token> named = tokens(ways[0]);
        List<Token> unnamed = ways.length > 1 ? tokens(ways[1]) : named;
        Set<String> slots = new LinkedHashSet<>();
        for (Token token : named) {
            if (token instanceof Slot slot && !slot.name().equals(FIRST)) {
                slots.add(slot.name());
            }
        }
        if (mentionsName(unnamed)) {
            throw new IllegalArgumentException("needs a way to be said without a name: " + line);
        }
        return new Phrase(named, unnamed, emoji, Set.copyOf(slots), Set.copyOf(tags), line);
    }

    private static boolean mentionsName(List<Token> tokens) {
        return tokens.stream()
                .anyMatch(token -> token instanceof Slot slot && slot.name().equals(FIRST));
    }

    private static List<Token> tokens(String text) {
        List<Token> tokens = new ArrayList<>();
        int end = 0;
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            if (matcher.start() > end) {
                tokens.add(new Literal(text.substring(end, matcher.start())));
            }
            tokens.add(
                    matcher.group(1) == null
                            ? new Address(matcher.group(2), matcher.group(3))
                            : slot(matcher.group(1)));
            end = matcher.end();
        }
        if (end < text.length()) {
            tokens.add(new Literal(text.substring(end)));
        }
        return List.copyOf(tokens);
    }

    private static Slot slot(String inside) {
        Matcher matcher = SLOT.matcher(inside);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a slot: {" + inside + "}");
        }
        String determiner = matcher.group(1) == null ? "" : matcher.group(1).toLowerCase(Locale.ROOT);
        String form = matcher.group(3) == null ? "" : matcher.group(3);
        boolean capital =
                Character.isUpperCase(inside.charAt(0)) || !form.isEmpty() && Character.isUpperCase(form.charAt(0));
        return new Slot(matcher.group(2).toLowerCase(Locale.ROOT), determiner, form, capital);
    }

    boolean isPersonal() {
        return mentionsName(named);
    }

    /** What its mail goes on to speak of, by name of the sections that do; null for whatever suits the strategy. */
    @Nullable
    String topic() {
        return tags.stream()
                .filter(tag -> tag.startsWith(TOPIC))
                .map(tag -> tag.substring(TOPIC.length()))
                .findFirst()
                .orElse(null);
    }

    /** Whether what comes next needs no words of its own to begin with. */
    boolean isLead() {
        return tags.contains("leads");
    }

    /** Whether it is for readers who are spoken to with that warmth or energy alone. */
    boolean isOfTemper() {
        return tags.stream().anyMatch(tag -> tag.startsWith("warmth=") || tag.startsWith("energy="));
    }

    /** Whether the tags leave room for it. */
    boolean suits(Style style, String stage) {
        return tags.stream().allMatch(tag -> switch (tag) {
            case "formality=low" -> style.isCasual();
            case "formality=high" -> style.isFormal();
            case "warmth=low" -> style.isCool();
            case "warmth=high" -> style.isWarm();
            case "energy=low" -> style.isCalm();
            case "energy=high" -> style.isLively();
            case "trato=tu" -> !style.isFormal();
            case "trato=usted" -> style.isFormal();
            case "leads", "absence", "light", "more", "shown", "unhurried" -> true;
            default ->
                tag.startsWith("stage=")
                        ? tag.equals("stage=" + stage)
                        : tag.startsWith("needs=") || tag.startsWith(TOPIC);
        });
    }

    /** What has to be known, those behind {@code #needs} included. */
    Set<String> needs() {
        Set<String> needs = new LinkedHashSet<>(slots);
        tags.stream()
                .filter(tag -> tag.startsWith("needs="))
                .forEach(tag -> needs.add(tag.substring("needs=".length())));
        return needs;
    }

    /**
     * The words.
     *
     * @param tokens {@link #named} or {@link #unnamed}
     * @param values of every slot but the name, for which {@link #NAME} is put
     */
    static String words(List<Token> tokens, Function<String, Value> values, Grammar grammar, Style style) {
        StringBuilder words = new StringBuilder();
        for (Token token : tokens) {
            words.append(
                    switch (token) {
                        case Literal literal -> literal.text();
                        case Address address -> style.isFormal() ? address.formal() : address.informal();
                        case Slot slot ->
                            slot.name().equals(FIRST)
                                    ? String.valueOf(NAME)
                                    : filled(slot, values.apply(slot.name()), grammar);
                    });
        }
        return grammar.polished(words.toString(), style);
    }

    private static String filled(Slot slot, Value value, Grammar grammar) {
        Term term = value.term();
        String text;
        if (term == null) {
            text = slot.capital() ? value.alone() : value.within();
        } else if (!slot.agreeing().isEmpty()) {
            text = grammar.agreeing(slot.agreeing(), term);
        } else if (!slot.determiner().isEmpty()) {
            text = grammar.determined(slot.determiner(), term);
        } else {
            text = slot.capital() ? value.alone() : value.within();
        }
        return slot.capital() ? capitalised(text) : text;
    }

    static String capitalised(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
