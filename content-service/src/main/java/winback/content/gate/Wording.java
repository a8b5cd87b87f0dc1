package winback.content.gate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import winback.content.PlainText;
import winback.content.brief.Brief;
import winback.content.brief.Injection;
import winback.content.brief.Term;
import winback.content.gate.ReadMail.Field;

/** Words that no mail may have, and the language that it is in. */
final class Wording {

    /** And no code, as HOLA15 is. */
    private static final Pattern WORD = Pattern.compile("(?<![\\p{L}\\p{N}'])[\\p{L}']+(?![\\p{L}\\p{N}'])");

    /** "Um abraço, Irene" is how somebody takes leave. */
    private static final Pattern LEAVE = Pattern.compile("[^,.!?]{2,20},(?:\\s+\\S+)?\\s*");

    /** So many have one among them that is of their language alone. */
    private static final int ENOUGH_WORDS = 10;

    private static final ByLanguage<Set<String>> FREQUENT =
            ByLanguage.of(language -> words("stopwords." + language + ".txt"));
    /** What a label in a language begins with, where it is too short to be known by its frequent words. */
    private static final ByLanguage<Set<String>> INVITATIONS =
            ByLanguage.of(language -> words("invitations." + language + ".txt"));

    /** And what else is a word of one letter. */
    private static final ByLanguage<Set<String>> ARTICLES =
            new ByLanguage<>(Set.of("a", "i"), Set.of("y", "o", "e", "u"));

    /** Stems of a language's own words, whole ones of the other's. */
    private static final ByLanguage<Pattern> OFFENSIVE = new ByLanguage<>(
            stems("offensive.en.txt", "offensive.es.txt"), stems("offensive.es.txt", "offensive.en.txt"));

    /** One letter of a word. */
    private static final Pattern HIDDEN = Pattern.compile("(?<=\\p{L})[*#](?=\\p{L})");

    /** A word whose letters are hidden, since everybody knows it. */
    private static final Pattern MASKED =
            Pattern.compile("(?<![\\p{L}\\p{N}*])\\p{L}{1,3}[*#]{2,}\\p{L}{0,4}(?![\\p{L}*])");

    private static final Pattern SPACED = Pattern.compile(
            "(?<!\\p{L})(?:\\p{L}[\\s._*-]){2,}(?:[0134578@$!|][\\s._*-]\\p{L}|\\p{L}(?:[\\s._*-][0134578@$!|][\\s._*-]\\p{L})?)(?!\\p{L})");

    private static final Pattern GAPS = Pattern.compile("[\\s._*-]");
    private static final Pattern ENDS = Pattern.compile("^(.)(.*)(.)$");

    /** Whole groups of people said to be or do what is bad; without accents. */
    private static final String GROUP =
            "(?:gitan\\p{L}+|gyps(?:y|ies)|moros?|moras|negros|judi[oa]s?|jews?|musulman\\p{L}*|muslims?|rumanos|blacks|in?migra\\p{L}+|refug\\p{L}+|foreigners|extranjeros|gays?|homosexual\\p{L}*|lesbian\\p{L}*)";

    private static final String VICE =
            "(?:rob(?:a|an|ar|aran?|bers?)|ladron\\p{L}*|thie(?:f|ves)|steal\\p{L}*|stole|crimin\\p{L}+|delincuent\\p{L}*|stink\\p{L}*|apest\\p{L}+|inferior\\p{L}*|terroris\\p{L}+|estaf\\p{L}+|vermin|ratas|rats|parasit\\p{L}+|go home|fuera de)";
    private static final Pattern HATE = Pattern.compile("(?<!\\p{L})(?:" + GROUP + "(?!\\p{L})[^.!?]{0,40}(?<!\\p{L})"
            + VICE + "|" + VICE + "(?!\\p{L})[^.!?]{0,40}(?<!\\p{L})" + GROUP + ")(?!\\p{L})");

    private final Lexicon avoided;

    private final ByLanguage<Paragraphs<String>> offensive = ByLanguage.of(language -> new Paragraphs<>(
            paragraph -> offensive(language, paragraph).stream().toList()));

    private final Paragraphs<String> orders =
            new Paragraphs<>(paragraph -> Injection.in(paragraph).stream().toList());

    /** Of brand, products and news, which may be in any language. */
    private final Set<String> names;

    private final Vocabulary vocabulary;

    Wording(Brief brief) {
        this.vocabulary = new Vocabulary(brief);
        this.avoided = Lexicon.of(brief.avoid().stream()
                .map(Wording::plain)
                .flatMap(Wording::inflected)
                .toList());
        this.names = Stream.concat(Stream.of(brief.brand().name()), namesOf(brief))
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    /** Of products, facts and categories, in all languages. */
    static Stream<String> namesOf(Brief brief) {
        return Stream.of(
                        brief.products().stream().map(Brief.Product::name),
                        brief.facts().stream().map(Brief.Fact::name),
                        brief.categories().stream())
                .flatMap(each -> each)
                .flatMap(name -> name.values().stream())
                .map(Term::text);
    }

    /** With its plural, feminine and comparison, as far as they are regular in either language. */
    private static Stream<String> inflected(String word) {
        String stem = word.endsWith("o") ? word.substring(0, word.length() - 1) : word;
        return Stream.concat(
                Stream.of(word),
                (word.equals(stem) ? Stream.of("s", "es", "er", "est", "ly") : Stream.of("a", "os", "as"))
                        .map(ending -> stem + ending));
    }

    /** In either language. */
    static boolean isFrequent(String word) {
        return FREQUENT.in("en").contains(word) || FREQUENT.in("es").contains(word);
    }

    /** Whether labels begin with it. */
    static boolean isInvitation(String word, String language) {
        return INVITATIONS.in(language).contains(word);
    }

    static Set<String> words(String name) {
        return new HashSet<>(Arrays.asList(String.join(" ", Lexicon.lines(name)).split("\\s+", -1)));
    }

    private static Pattern stems(String own, String other) {
        return Pattern.compile("(?<!\\p{L})(?:(?:" + any(own) + ")\\p{L}*|(?:" + any(other) + ")s?(?!\\p{L}))");
    }

    private static String any(String name) {
        return Lexicon.lines(name).stream()
                .map(stem -> stem.endsWith(".")
                        ? Pattern.quote(plain(stem.substring(0, stem.length() - 1))) + "(?:e?s)?(?!\\p{L})"
                        : Pattern.quote(plain(stem)))
                .collect(Collectors.joining("|"));
    }

    /** Without accents but for ñ. */
    private static String plain(String text) {
        String kept = text.toLowerCase(Locale.ROOT).replace('ñ', '\uE001');
        return PlainText.withoutAccents(kept).replace('\uE001', 'ñ');
    }

    void look(ReadMail mail, Findings findings) {
        for (Field field : mail.everything()) {
            if (field.name().equals(ReadMail.URL)) {
                continue;
            }
            String words = field.words();
            readings(words).stream()
                    .flatMap(reading -> avoided.in(reading).stream())
                    .distinct()
                    .forEach(word ->
                            findings.add("avoided-words", field.name(), word, "is to be avoided, says the brief"));
            offensive.in(mail.draft().language()).in(words).stream()
                    .findFirst()
                    .ifPresent(word -> findings.add("offensive-words", field.name(), word, "is offensive"));
            orders.in(words).stream()
                    .findFirst()
                    .ifPresent(order -> findings.add(
                            "prompt-injection", field.name(), order, "speaks to a machine, not to a reader"));
            language(mail.draft().language(), field.name(), words, findings);
        }
        for (Document html : mail.documents()) {
            html.select("a").forEach(link -> label(mail.draft().language(), ReadMail.HTML, link.text(), findings));
            for (Element paragraph : html.select("p, li, h1, h2, h3, td > div")) {
                if (paragraph.select("p, li").isEmpty()
                        || paragraph.normalName().equals("p")) {
                    language(mail.draft().language(), ReadMail.HTML, paragraph.text(), findings);
                }
            }
        }
        label(mail.draft().language(), ReadMail.LABEL, mail.unnamed(ReadMail.LABEL), findings);
        for (String paragraph : mail.unnamed(ReadMail.TEXT).split("\\n\\s*\\n", -1)) {
            language(mail.draft().language(), ReadMail.TEXT, paragraph, findings);
        }
    }

    /** As it is written, without blanks between single letters, and with what imitates letters as such; without accents. */
    static List<String> readings(String text) {
        String read = plain(text);
        List<String> readings = new ArrayList<>(List.of(read, letters(read)));
        if (SPACED.matcher(read).find()) {
            // A word of one letter may stand before it or behind it: "y b a r a t o".
            for (String apart : List.of("$1$2$3", "$1 $2$3", "$1$2 $3", "$1 $2 $3")) {
                String joined = SPACED.matcher(read)
                        .replaceAll(spaced -> Matcher.quoteReplacement(
                                ENDS.matcher(GAPS.matcher(spaced.group()).replaceAll(""))
                                        .replaceAll(apart)));
                readings.add(joined);
                readings.add(letters(joined));
            }
        }
        if (HIDDEN.matcher(read).find()) {
            "aeio".chars().forEach(vowel -> readings.add(HIDDEN.matcher(read).replaceAll(Character.toString(vowel))));
        }
        return readings;
    }

    private static Optional<String> offensive(String language, String paragraph) {
        List<String> readings = readings(paragraph);
        return Stream.concat(
                        Stream.of(HATE, MASKED)
                                .flatMap(pattern ->
                                        pattern.matcher(readings.getFirst()).results()),
                        readings.stream()
                                .flatMap(reading ->
                                        OFFENSIVE.in(language).matcher(reading).results()))
                .map(MatchResult::group)
                .findFirst();
    }

    /** Digits and signs within words as the letters that they imitate. */
    private static String letters(String text) {
        StringBuilder letters = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int as = "0134578@$!|".indexOf(c);
            boolean within = i > 0 && Character.isLetter(text.charAt(i - 1))
                    || i + 1 < text.length() && Character.isLetter(text.charAt(i + 1));
            letters.append(as >= 0 && within ? "oieastbasil".charAt(as) : c);
        }
        return HIDDEN.matcher(letters).replaceAll("u").replaceAll("(\\p{L})\\1{2,}", "$1");
    }

    private void label(String language, String field, String text, Findings findings) {
        Matcher first = WORD.matcher(text.toLowerCase(Locale.ROOT));
        if (first.find()
                && INVITATIONS.in(language.equals("en") ? "es" : "en").contains(first.group())
                && !names.contains(text.strip().toLowerCase(Locale.ROOT))) {
            findings.add("wrong-language", field, text.strip(), "is not in " + language);
        }
    }

    /** Told by its most frequent words. What has none of its own, but two of another language, is in another language. */
    private void language(String language, String field, String text, Findings findings) {
        Claims.sentences(Claims.withoutAddresses(text))
                .filter(sentence -> isForeign(sentence, language))
                .forEach(sentence -> findings.add("wrong-language", field, sentence.strip(), "is not in " + language));
    }

    /** Told by the words of which a language is known; a sentence by itself, since one alone may be in another language. */
    private boolean isForeign(String sentence, String language) {
        int count = 0;
        int same = 0;
        int telling = 0;
        int other = 0;
        int foreign = 0;
        boolean article = false;
        Matcher matcher = WORD.matcher(sentence.toLowerCase(Locale.ROOT));
        while (matcher.find()) {
            String word = matcher.group();
            count++;
            if (word.length() == 1) {
                // "a" is both, and an article in one of them.
                article |= ARTICLES.in(language).contains(word);
                continue;
            }
            switch (vocabulary.of(word, language)) {
                case OWN -> {
                    same++;
                    telling += Vocabulary.isShared(word) ? 0 : 1;
                }
                case OTHER -> other++;
                case ELSEWHERE -> foreign++;
                case NAME -> count--;
                case BOTH, UNKNOWN -> {}
            }
        }
        boolean none = same == 0 && !article;
        return other >= 2 && other > same
                || foreign >= 2 && foreign > telling
                || (same == 0 && other > 0 || none && foreign > 0)
                        && count >= 2
                        && !LEAVE.matcher(sentence).matches()
                || none && count >= ENOUGH_WORDS
                || Characters.isForeign(sentence);
    }
}
