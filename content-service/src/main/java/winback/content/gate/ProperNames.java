package winback.content.gate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import winback.content.brief.Brief;
import winback.content.gate.ReadMail.Field;

/**
 * Names of somebody or something that the brief does not have: whoever praises, where something comes from, what an animal is
 * called. Told by their capital within a sentence; where most words have one, as in titles, none says so.
 */
final class ProperNames {

    private static final Pattern NAME = Pattern.compile(
            "(?<=[\\p{Ll}\\p{N},;)”\"'’] )(?<![.!?…][”\"'’)»] )\\p{Lu}[\\p{L}-]+(?:[’'][\\p{Ll}]+)?(?![\\p{L}\\p{N}])(?: \\p{Lu}[\\p{L}-]+(?![\\p{L}\\p{N}]))*");
    private static final Pattern WORD = Pattern.compile("[\\p{L}][\\p{L}-]*");
    private static final Pattern TURNS = Pattern.compile(
            "(?<!\\p{L})(?:(?:New Year['’]s|Christmas|Midsummer['’]s) (?:Eve|Day)|Russian dolls?|(?:Tower|[Tt]orre) (?:of|de) Pisa)(?!\\p{L})");
    /** "Mostly Cs", of answers. */
    private static final Pattern LETTERS = Pattern.compile("\\p{L}s");

    private static final Pattern ROMAN = Pattern.compile("[ivxlc]+");

    /** Of the words of a line, from which on it is a title. */
    private static final double TITLE = .75;

    private static final Set<String> ALLOWED = new HashSet<>(
            Arrays.asList(String.join(" ", Lexicon.lines("capitals.txt")).split("\\s+", -1)));

    private final ByLanguage<Paragraphs<String>> unknown =
            ByLanguage.of(language -> new Paragraphs<>(paragraph -> unknown(paragraph, language)));

    private final Set<String> known;

    /** @param texts all that the brief says in words */
    ProperNames(Brief brief, List<String> texts) {
        this.known = Stream.concat(
                        texts.stream(),
                        brief.offers().stream().map(Brief.Offer::code).filter(Objects::nonNull))
                .flatMap(ProperNames::words)
                .collect(Collectors.toSet());
    }

    private static Stream<String> words(String text) {
        return WORD.matcher(text).results().map(word -> word.group().toLowerCase(Locale.ROOT));
    }

    void look(ReadMail mail, Findings findings) {
        Set<String> readers =
                mail.readers().stream().flatMap(ProperNames::words).collect(Collectors.toSet());
        for (Field field : mail.everything()) {
            if (!field.name().equals(ReadMail.URL)) {
                unknown.in(mail.draft().language()).in(field.words()).stream()
                        .filter(name -> words(name).noneMatch(readers::contains))
                        .forEach(name -> findings.add(
                                Claims.CLAIM, field.name(), name, "is a name that the brief does not have"));
            }
        }
    }

    private List<String> unknown(String paragraph, String language) {
        List<String> unknown = new ArrayList<>();
        String words =
                Structure.LEFTOVER.matcher(Claims.withoutAddresses(paragraph)).replaceAll("");
        for (String line : TURNS.matcher(words).replaceAll(" ").split("\\R", -1)) {
            Matcher names = NAME.matcher(line);
            while (names.find()) {
                // "The Times" begins with a word that everybody knows.
                String first = words(names.group())
                        .filter(word -> !Wording.isFrequent(word))
                        .findFirst()
                        .orElse("");
                if (!first.isEmpty() && !isKnown(first, language) && !isTitle(line)) {
                    unknown.add(names.group());
                }
            }
        }
        return unknown;
    }

    private boolean isKnown(String word, String language) {
        return known.contains(word)
                || known.contains(word.replaceAll("s$", ""))
                || known.contains(word + "s")
                || ALLOWED.contains(word)
                || Wording.isInvitation(word, language)
                || ROMAN.matcher(word).matches()
                || LETTERS.matcher(word).matches();
    }

    private static boolean isTitle(String line) {
        List<String> words = WORD.matcher(line)
                .results()
                .map(word -> word.group())
                .filter(word -> word.length() > 3)
                .toList();
        return words.stream()
                        .filter(word -> Character.isUpperCase(word.charAt(0)))
                        .count()
                > TITLE * words.size();
    }
}
