package winback.content.brief;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import winback.chassis.problems.Problem.Fault;
import winback.content.NumberWords;
import winback.content.PlainText;
import winback.content.brief.Brief.Kind;
import winback.content.brief.Brief.Product;

/**
 * How long a brand promises something: a guarantee, a trial, days for returns, and whatever a service has its length in
 * its name ("two-hour repairs"). There is one length of each, but for products that have their own.
 */
final class Durations {

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    private static final String LENGTH = "(?<![\\p{L}\\d])(?<n>\\d{1,4}|" + NumberWords.PATTERN
            + ")[ -](?<unit>hour|day|week|month|year|hora|día|semana|mes|año)(?:e?s)?(?!\\p{L})";

    /** "Five-year full guarantee", "tres años de garantía". */
    private static final String THEN = "['’]?[ -](?:of |de )?(?:\\p{L}+ )?";

    /** "Guaranteed for three years", "garantía total de tres años". */
    private static final String LASTS = "(?: \\p{L}+)? (?:of|for|in|is|lasts|de|por|en|durante|es|dura) ";

    /** By what they are called in a fault. */
    private static final Map<String, List<Pattern>> PROMISES = Map.of(
            "guarantee", adjacent("(?:guarante(?:e|ed|es)|warrant(?:y|ies)|garantizad[oa]s?|garantías?)"),
            "trial", adjacent("(?:trials?|prueba)"),
            "returns",
                    List.of(Pattern.compile(
                            "(?=[^.!?]*(?:(?<!we )(?<!we will )(?<!we['’]ll )return(?!s (?:it|them|your|every)(?!\\p{L}))|change your mind|send (?:it|them) back|devol(?!vemos)|cambiar de idea))[^.!?]*?"
                                    + LENGTH,
                            FLAGS)));

    private static final Pattern FOR_LIFE = Pattern.compile(
            "(?<!\\p{L})(?:for (?:life|ever)|a lifetime|lifetime|de por vida|para siempre|vitalicia)(?!\\p{L})", FLAGS);

    private static final Pattern LENGTH_FIRST = Pattern.compile(LENGTH + "[ -](?<what>\\p{L}.*)", FLAGS);
    private static final Pattern LENGTH_LAST =
            Pattern.compile("(?<what>.*\\p{L}) (?:of|in|for|de|en|por) " + LENGTH, FLAGS);

    private static final Pattern THING = Pattern.compile("\\p{L}{4,}");

    /** What a singular and its plural begin with. */
    private static final int ROOT = 5;

    /** Words ahead of a length that name no thing. */
    private static final Set<String> OF_ANY = Set.of(
            ("with every each have your come comes gives give given offer offers there last lasts that this they them full"
                            + " piece pieces item items product products pieza piezas producto productos artículo artículos"
                            + " from over under whole guarantee guaranteed warranty trial return returns"
                            + " cada tiene tienen todo todos toda todas nuestro nuestra nuestros nuestras damos ofrecemos viene vienen dura duran"
                            + " lleva llevan para durante total completa completo garantía garantías garantizado garantizada prueba hasta")
                    .split(" "));

    private final Brief brief;
    private final String language;
    private final List<Fault> faults = new ArrayList<>();

    private Durations(Brief brief, String language) {
        this.brief = brief;
        this.language = language;
    }

    /** @param texts by field */
    static List<Fault> differing(Brief brief, String language, Map<String, String> texts) {
        Durations durations = new Durations(brief, language);
        Map<String, String> all = new LinkedHashMap<>(durations.names());
        all.putAll(texts);
        PROMISES.forEach((what, patterns) -> durations.compare(what, patterns, all));
        durations.compareWithNames(texts);
        return durations.faults;
    }

    private static List<Pattern> adjacent(String what) {
        return List.of(
                Pattern.compile(LENGTH + THEN + what + "(?!\\p{L})", FLAGS),
                Pattern.compile("(?<!\\p{L})" + what + LASTS + LENGTH, FLAGS));
    }

    /** In a unit that its like have, too: a year is twelve months, and of no number of days. */
    private record Length(String unit, int count) {
        static Length of(Matcher matcher) {
            String written = matcher.group("n");
            int count = Character.isDigit(written.charAt(0)) ? Integer.parseInt(written) : NumberWords.value(written);
            return switch (matcher.group("unit").toLowerCase(Locale.ROOT)) {
                case "year", "año" -> new Length("months", 12 * count);
                case "month", "mes" -> new Length("months", count);
                case "week", "semana" -> new Length("days", 7 * count);
                case "day", "día" -> new Length("days", count);
                default -> new Length("hours", count);
            };
        }
    }

    /** Longer than any other, and said as such a one is. */
    private static String inYears(String forLife) {
        return switch (forLife.toLowerCase(Locale.ROOT)) {
            case "a lifetime", "lifetime" -> "999-year";
            case "for life", "for ever" -> "for 999 years";
            case "para siempre" -> "por 999 años";
            default -> "de 999 años";
        };
    }

    /** @param things of which it says so; empty where it names none */
    private record Said(String field, String words, Set<String> things) {}

    private static Set<String> things(String before) {
        return THING.matcher(before)
                .results()
                .map(word -> word.group().toLowerCase(Locale.ROOT))
                .filter(word -> !OF_ANY.contains(word))
                .map(Durations::root)
                .collect(Collectors.toSet());
    }

    /** Of a lower-case word; without accents. */
    static String root(String word) {
        String plain = PlainText.withoutAccents(word);
        return plain.substring(0, Math.min(ROOT, plain.length()));
    }

    /** Frames may be guaranteed for longer than batteries. */
    private static boolean areOthers(Set<String> some, Set<String> others) {
        return !some.isEmpty() && !others.isEmpty() && Collections.disjoint(some, others);
    }

    private Map<String, String> names() {
        Map<String, String> names = new LinkedHashMap<>();
        for (int i = 0; i < brief.facts().size(); i++) {
            Term name = brief.facts().get(i).name().get(language);
            if (name != null) {
                names.put("facts[" + i + "].name." + language, name.text());
            }
        }
        return names;
    }

    /** What a service is named for, no text says of another length, unless that is a name of its own. */
    private void compareWithNames(Map<String, String> texts) {
        Map<String, Map<String, String>> services = new LinkedHashMap<>();
        names().forEach((field, name) -> {
            for (Pattern pattern : List.of(LENGTH_FIRST, LENGTH_LAST)) {
                Matcher matcher = pattern.matcher(name);
                if (matcher.matches() && isService(field)) {
                    services.computeIfAbsent(
                                    matcher.group("what").toLowerCase(Locale.ROOT), what -> new LinkedHashMap<>())
                            .put(field, name);
                }
            }
        });
        services.forEach((what, named) -> {
            boolean promise = PROMISES.values().stream()
                    .flatMap(List::stream)
                    .anyMatch(pattern -> named.values().stream()
                            .anyMatch(name -> pattern.matcher(name).find()));
            if (named.size() == 1 && !promise) {
                Map<String, String> all = new LinkedHashMap<>(named);
                all.putAll(texts);
                String stem = what.endsWith("s") ? what.substring(0, what.length() - 1) : what;
                compare(what, adjacent(Pattern.quote(stem) + "(?:e?s)?"), all);
            }
        });
    }

    private boolean isService(String field) {
        int index = Integer.parseInt(field.substring("facts[".length(), field.indexOf(']')));
        return brief.facts().get(index).kind() == Kind.SERVICE;
    }

    private void compare(String what, List<Pattern> patterns, Map<String, String> texts) {
        Map<String, Said> first = new HashMap<>();
        Map<String, Length> lengths = new HashMap<>();
        texts.forEach((field, text) -> {
            for (String written : Contradictions.SENTENCES.split(text)) {
                String sentence = FOR_LIFE.matcher(written).replaceAll(life -> inYears(life.group()));
                Set<Length> here = new HashSet<>();
                Set<String> things = new HashSet<>();
                for (Pattern pattern : patterns) {
                    for (Matcher matcher = pattern.matcher(sentence); matcher.find(); ) {
                        here.add(Length.of(matcher));
                        things.addAll(things(sentence.substring(0, matcher.start())));
                    }
                }
                // One that says two says what has which.
                if (here.size() == 1) {
                    Length length = here.iterator().next();
                    String of = subject(field, sentence) + length.unit();
                    Said before = first.putIfAbsent(of, new Said(field, written.strip(), things));
                    lengths.putIfAbsent(of, length);
                    if (before != null && !length.equals(lengths.get(of)) && !areOthers(before.things(), things)) {
                        faults.add(new Fault(
                                field,
                                "contradiction",
                                "says \"" + written.strip() + "\", where " + before.field() + " says \""
                                        + before.words() + "\""));
                    }
                }
            }
        });
    }

    /** Products that it is about; none for what is said of all. */
    private String subject(String field, String sentence) {
        String lower = sentence.toLowerCase(Locale.ROOT);
        return brief.products().stream()
                .filter(product -> {
                    Term name = product.name().get(language);
                    return name != null && lower.contains(name.text().toLowerCase(Locale.ROOT))
                            || field.startsWith("products[" + brief.products().indexOf(product) + "]");
                })
                .map(Product::id)
                .collect(Collectors.joining(" ", "", " "));
    }
}
