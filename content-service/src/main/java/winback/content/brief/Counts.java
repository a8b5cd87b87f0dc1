package winback.content.brief;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import winback.chassis.problems.Problem.Fault;
import winback.content.NumberWords;

/**
 * How many of something two sentences say that are about the same thing: the one that says less says nothing that the other
 * one does not; and whether the one denies what the other says. "Pause for up to six months" is none of "you can pause for up to three months with one button", while a
 * small and a large box may hold different numbers of bags.
 */
final class Counts {

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    private static final Pattern COUNTED = Pattern.compile(
            "(?<![\\p{L}\\d.,€$£])(?<n>\\d{1,3}(?:[.,]\\d{3})+|\\d{1,6}|" + NumberWords.PATTERN
                    + ")[ -](?!(?:in|of|to|or|and|out|on|from|de|en|a|por|y|o|sobre|del)(?!\\p{L}))(?<noun>\\p{L}+)",
            FLAGS);
    private static final Pattern WORD = Pattern.compile("\\p{L}{3,}");
    private static final Pattern NUMBER_WORD = Pattern.compile(NumberWords.PATTERN);

    private static final Set<String> FREQUENT = Set.of(
            ("the and our for you can are has not its all any was but how who out off via your yours with from have that this these each every there their they when what them into than then will"
                            + " also only para cada como tiene tienen desde hasta puede puedes pueden nuestro nuestra nuestros nuestras"
                            + " todo toda todos todas este esta estos estas sobre también hay los las una uno unos unas del con por que sus tus son más sin")
                    .split(" "));

    private static final Pattern TWICE = Pattern.compile("(?<!\\p{L})twice(?!\\p{L})", FLAGS);

    private static final Pattern ONCE = Pattern.compile(
            "(?<!\\p{L})(?:(?:only|just) once|once only|(?<=\\p{L}ed )once(?! (?:you|we|they|it|the|an?|your|our|this|that|every)(?!\\p{L}))|(?:s[oó]lo )?una sola vez|s[oó]lo una vez|una vez(?! (?:que|al?|por|más|\\p{L}+[aie]d[oa]s?|hech[oa]s?)(?!\\p{L})))(?!\\p{L})",
            FLAGS);

    /** Numbers in words that a translation has, too; one may be an article, and lengths of time are told otherwise. */
    private static final Pattern IN_WORDS = Pattern.compile(
            "(?<![\\p{L}\\d-])(?<n>" + NumberWords.PATTERN
                    + ")(?![\\p{L}\\d])(?![ -](?:hours?|days?|weeks?|months?|years?|nights?|horas?|días?|semanas?|mes(?:es)?|años?|noches?|or|o|out|in|of|de la|del|y media|y cuarto|o['’]clock|a\\.?m|p\\.?m)(?!\\p{L}))",
            FLAGS);

    private static final Pattern PRONOUN = Pattern.compile("(?:it|they|its|their)(?!\\p{L})", FLAGS);

    private static final Pattern HOUR = Pattern.compile("(?<!\\p{L})(?:at|by|until|till|before|after|las)\\s+$", FLAGS);

    private static final Pattern SPAN = Pattern.compile(
            "(?<!\\p{L})(?:from|between|de|entre)(?: las)? \\p{L}+ (?:to|and|till|until|a|y)(?: las)? \\p{L}+", FLAGS);

    private static final Pattern DOZEN = Pattern.compile(
            "(?<!\\p{L})(?:(?<half>half a|media)|an?|(?<n>" + NumberWords.PATTERN
                    + ")) (?:dozen|docenas?(?: de)?)(?!\\p{L})",
            FLAGS);

    private static final int ONE_DOZEN = 12;

    private static final Pattern BOTH = Pattern.compile("(?<!\\p{L})(?:both|amb[oa]s)(?!\\p{L})", FLAGS);

    /** With the verbs that it comes with, and none of those that say that there is nothing of a kind: "no code needed". */
    private static final Pattern DENIAL = Pattern.compile(
            "(?<!\\p{L})(?:(?:must|should|may|can|do|does|is|are|will|was|were|has|have)(?:n['’]t| not)|cannot|never|not|no(?= (?:\\p{L}+ )?(?:va|van|es|son|está|están|se|te|le|puede|pueden|admit\\p{L}+|acept\\p{L}+|\\p{L}{3,}mos)(?!\\p{L}))|nunca|jamás|tampoco)(?!\\p{L})",
            FLAGS);

    /** Words that are too few to tell what a sentence is about. */
    private static final int FEWEST = 2;

    /**
     * @param counts by the stem of what is counted, where it is counted once
     * @param about roots of its words, but for what is counted
     */
    private record Sentence(
            String field, String words, Map<String, Integer> counts, Set<String> about, boolean isDenial) {

        static Sentence of(String field, String written) {
            String often = TWICE.matcher(withoutDozens(written)).replaceAll("two times");
            String plain = ONCE.matcher(often)
                    .replaceAll(
                            once -> once.group().toLowerCase(Locale.ROOT).contains("vez") ? "una veces" : "one times");
            boolean isDenial = DENIAL.matcher(plain).find();
            String words = DENIAL.matcher(plain).replaceAll(" ");
            Map<String, Integer> counts = new HashMap<>();
            Set<String> twice = new HashSet<>();
            Set<String> about = WORD.matcher(words)
                    .results()
                    .map(word -> word.group().toLowerCase(Locale.ROOT))
                    .filter(word -> !FREQUENT.contains(word)
                            && !NUMBER_WORD.matcher(word).matches())
                    .map(Durations::root)
                    .collect(Collectors.toCollection(HashSet::new));
            COUNTED.matcher(words).results().forEach(counted -> {
                String noun = counted.group("noun").toLowerCase(Locale.ROOT);
                about.remove(Durations.root(noun));
                if (counts.put(stem(noun), number(counted)) != null) {
                    twice.add(stem(noun));
                }
            });
            counts.keySet().removeAll(twice);
            return new Sentence(field, written, counts, about, isDenial);
        }

        /** With what the one before is about, of which it goes on to speak. */
        Sentence of(Sentence before) {
            Set<String> both = new HashSet<>(about);
            both.addAll(before.about);
            return new Sentence(field, words, counts, both, isDenial);
        }

        /** Whether the one denies what the other says, and says nothing else. */
        boolean denies(Sentence other) {
            if (isDenial == other.isDenial) {
                return false;
            }
            Sentence denial = isDenial ? this : other;
            Sentence statement = isDenial ? other : this;
            return denial.about.size() >= FEWEST && statement.about.containsAll(denial.about);
        }

        boolean contradicts(Sentence other) {
            if (denies(other)) {
                return true;
            }
            boolean differ = counts.entrySet().stream()
                    .anyMatch(count -> other.counts.getOrDefault(count.getKey(), count.getValue())
                            != count.getValue().intValue());
            if (!differ) {
                return false;
            }
            Set<String> less = about.size() < other.about.size() ? about : other.about;
            Set<String> more = less == about ? other.about : about;
            return less.size() >= FEWEST && more.containsAll(less);
        }
    }

    private Counts() {}

    /** With how many they are, in digits, instead of dozens. */
    static String withoutDozens(String text) {
        return DOZEN.matcher(text).replaceAll(dozens -> {
            String many = dozens.group("n");
            int number = many == null ? ONE_DOZEN : NumberWords.value(many) * ONE_DOZEN;
            return String.valueOf(dozens.group("half") == null ? number : ONE_DOZEN / 2);
        });
    }

    /** The numbers above one that a text says in words, but for hours and lengths of time, in their order by size. */
    static List<Integer> inWords(String text) {
        String often = BOTH.matcher(
                        TWICE.matcher(SPAN.matcher(text).replaceAll(" | ")).replaceAll("two times"))
                .replaceAll("two");
        return IN_WORDS.matcher(often)
                .results()
                .filter(number ->
                        !HOUR.matcher(often.substring(0, number.start())).find())
                .map(Counts::number)
                .filter(number -> number > 1)
                .sorted()
                .toList();
    }

    /** @param texts by field */
    static List<Fault> differing(Map<String, String> texts) {
        List<Sentence> before = new ArrayList<>();
        Map<String, Fault> faults = new LinkedHashMap<>();
        texts.forEach((field, text) -> {
            List<Sentence> here = new ArrayList<>();
            for (String words : Contradictions.SENTENCES.split(text)) {
                Sentence sentence = Sentence.of(field, words.strip());
                here.add(
                        here.isEmpty() || !PRONOUN.matcher(words).lookingAt() ? sentence : sentence.of(here.getLast()));
            }
            here.forEach(sentence -> before.stream()
                    .filter(sentence::contradicts)
                    .findFirst()
                    .ifPresent(other -> faults.putIfAbsent(
                            field,
                            new Fault(
                                    field,
                                    "contradiction",
                                    "says \"" + sentence.words() + "\", where " + other.field() + " says \""
                                            + other.words() + "\""))));
            before.addAll(here);
        });
        return List.copyOf(faults.values());
    }

    private static int number(MatchResult counted) {
        String written = counted.group("n");
        return Character.isDigit(written.charAt(0))
                ? Integer.parseInt(written.replaceAll("[.,]", ""))
                : NumberWords.value(written);
    }

    private static String stem(String noun) {
        return noun.replaceAll("(?:es|s|e)$", "");
    }
}
