package winback.content.gate;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import winback.content.brief.Brief;
import winback.content.brief.Term;

/** Words of which one language is told: frequent ones, those that mails are composed of, and the brief's. */
final class Vocabulary {

    enum Belongs {
        OWN,
        OTHER,
        /** To both languages: as many as there are of these say nothing. */
        BOTH,
        ELSEWHERE,
        /** To no language, as the brand's is. */
        NAME,
        UNKNOWN
    }

    private static final Pattern WORD = Pattern.compile("[\\p{L}']{2,}");

    /** What phrases of the composer have that is no word of a mail. */
    private static final Pattern SLOTS = Pattern.compile("\\{[^}]*}|^[#\\[].*$|#\\S+", Pattern.MULTILINE);

    private static final Set<String> FREQUENT_ELSEWHERE = Wording.words("stopwords.others.txt");

    private static final Set<String> SHARED = Wording.words("stopwords.shared.txt");

    /** Letters that no word of either language has but borrowed ones, and Spanish not even these. */
    private static final ByLanguage<Pattern> LETTERS_ELSEWHERE = ByLanguage.of(language ->
            Pattern.compile(language.equals("es") ? "[ãõçâêîôûàèìòùëïäöåøæœßłąęśżźćńýőű]" : "[ãõìòłąęśżźćńåøßőű]"));

    private static final ByLanguage<Set<String>> GENERAL = ByLanguage.of(Vocabulary::general);

    private final ByLanguage<Set<String>> words;

    /** What the brand, its company and whoever writes for it are called, in whatever language. */
    private final Set<String> names;

    Vocabulary(Brief brief) {
        this.names = Stream.of(
                        brief.brand().name(),
                        brief.footer().company(),
                        brief.footer().address(),
                        brief.sender().name())
                .flatMap(Vocabulary::wordsOf)
                .collect(Collectors.toUnmodifiableSet());
        this.words = ByLanguage.of(language -> {
            Set<String> words = new HashSet<>(GENERAL.in(language));
            textsOf(brief, language).flatMap(Vocabulary::wordsOf).forEach(words::add);
            return words;
        });
    }

    private static Set<String> general(String language) {
        Set<String> words = new HashSet<>(Wording.words("stopwords." + language + ".txt"));
        Stream.of("claims", "urgency", "exempt", "invitations", "spam")
                .flatMap(list -> Lexicon.lines(list + "." + language + ".txt").stream())
                .map(line -> line.replaceAll("\\p{L}+\\*", " "))
                .flatMap(Vocabulary::wordsOf)
                .forEach(words::add);
        Stream.of("subjects", "mail")
                .flatMap(part -> Lexicon.lines("/winback/content/composer/" + part + "." + language + ".txt").stream())
                .map(line -> SLOTS.matcher(line).replaceAll(" "))
                .flatMap(Vocabulary::wordsOf)
                .forEach(words::add);
        return Set.copyOf(words);
    }

    private static Stream<String> textsOf(Brief brief, String language) {
        return Stream.of(
                        Stream.of(brief.brand().about()),
                        brief.facts().stream().map(Brief.Fact::text),
                        brief.products().stream().map(Brief.Product::text),
                        brief.offers().stream().map(Brief.Offer::terms),
                        Stream.of(
                                        brief.facts().stream().map(Brief.Fact::name),
                                        brief.products().stream().map(Brief.Product::name),
                                        brief.categories().stream(),
                                        brief.offers().stream().map(Brief.Offer::gift))
                                .flatMap(names -> names)
                                .map(Vocabulary::texts))
                .flatMap(texts -> texts)
                .flatMap(texts -> Stream.ofNullable(texts.get(language)));
    }

    private static Map<String, String> texts(Map<String, Term> names) {
        return names.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, name -> name.getValue().text()));
    }

    private static Stream<String> wordsOf(String text) {
        return WORD.matcher(text.toLowerCase(Locale.ROOT)).results().map(word -> word.group());
    }

    /** @param word in lower case */
    Belongs of(String word, String language) {
        boolean own = words.in(language).contains(word);
        boolean other = words.in(language.equals("en") ? "es" : "en").contains(word);
        if (own) {
            return other ? Belongs.BOTH : Belongs.OWN;
        }
        if (names.contains(word)) {
            return Belongs.NAME;
        }
        if (other) {
            return Belongs.OTHER;
        }
        return FREQUENT_ELSEWHERE.contains(word)
                        || LETTERS_ELSEWHERE.in(language).matcher(word).find()
                ? Belongs.ELSEWHERE
                : Belongs.UNKNOWN;
    }

    /** Whether languages nearby have the word, too. */
    static boolean isShared(String word) {
        return SHARED.contains(word);
    }
}
