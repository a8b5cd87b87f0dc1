package winback.content.gate;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import winback.content.PlainText;

/**
 * What the brief says in other words: all that tells in a phrase stands, in one form or another, in one of its texts.
 * "Leaves our shop the same day" is what "orders leave the shop the same day" says; with a number that is not there, or
 * a <em>not</em> that only one of them has, it is something else.
 */
final class Gist {

    private static final Pattern TELLING = Pattern.compile("\\p{L}{3,}|\\d+(?:[.,]\\d+)*");

    private static final Pattern NUMBER = Pattern.compile(Numerals.IN_WORDS);

    /** Frequent, and yet without them something else is said. */
    private static final Set<String> SCOPES = Set.of(
            ("all every each whole any anyone anywhere everyone everybody everything everywhere other others more most than only"
                            + " always twice thrice double half best over"
                            + " todo toda todos todas cada cualquier cualquiera otro otra otros otras más mejor mejores solo sólo siempre doble"
                            + " mitad media medio")
                    .split(" ", -1));

    /** As the frequent ones. */
    private static final Set<String> POINTERS = Set.of("ese", "esa", "esos", "esas", "aquel", "aquella");

    /** Frequent, and all that tells in "the same day". */
    private static final Set<String> TIMES = Set.of("same", "mismo", "misma", "día", "días", "day", "days");

    /** What is of whoever reads is not what the brief speaks of. */
    private static final Pattern YOURS = Pattern.compile("(?i)(?:your|tus?|sus?)(?!\\p{L})");

    private static final Pattern DENIAL = Pattern.compile(
            "(?<!\\p{L})(?:not?|\\p{L}+n['’]t|cannot|never|nor|none|nothing|without|ni|nunca|jamás|sin|ning[uú]n\\p{L}*|nada)(?!\\p{L})",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    /** Before what it denies: "the new ones don't" says of what only beside the sentence before. */
    private static final Pattern NOT = Pattern.compile(
            "(?<!\\p{L})(?:not|\\p{L}+n['’]t|cannot|never|no|nunca|jamás)(?=\\s+\\p{L})",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    private static final Pattern MODAL = Pattern.compile(
            "(?<!\\p{L})(?:\\p{L}+n['’]t|cannot|can|could|may|might|must|should|shall|will|would|ever|never"
                    + "|pued\\p{L}+|podemos|podr\\p{L}+|deb\\p{L}{1,4}|nunca|jamás)(?!\\p{L})",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    /** Telling words of a sentence that denies something, or more. */
    private static final int LEAST_DENIED = 2;

    /** Two words with fewer letters alike at their beginning are others. */
    private static final int LEAST_ALIKE = 4;

    /** So many letters may be an ending: <em>elegidos</em>, <em>elegimos</em>. */
    private static final int LONGEST_ENDING = 3;

    private record Saying(Set<String> telling, boolean denies) {

        static Saying of(String text) {
            return new Saying(
                    TELLING.matcher(Numerals.inDigits(text))
                            .results()
                            .map(word -> word.group().toLowerCase(Locale.ROOT))
                            .filter(word -> SCOPES.contains(word) || isNumber(word) || !isFrequent(word))
                            .map(word -> isNumber(word) ? Numerals.of(word).toPlainString() : word)
                            .map(PlainText::withoutAccents)
                            .collect(Collectors.toCollection(HashSet::new)),
                    DENIAL.matcher(text).find());
        }

        boolean says(Saying less) {
            return denies == less.denies && speaksOf(less);
        }

        boolean speaksOf(Saying less) {
            return less.telling.stream().allMatch(word -> telling.stream().anyMatch(other -> isForm(word, other)));
        }
    }

    private static boolean isFrequent(String word) {
        return !TIMES.contains(word) && isUsual(word);
    }

    private static boolean isUsual(String word) {
        return POINTERS.contains(word)
                || Wording.isFrequent(word)
                || word.endsWith("s") && Wording.isFrequent(word.substring(0, word.length() - 1));
    }

    /** One may be an article. */
    private static boolean isNumber(String word) {
        return NUMBER.matcher(word).matches() && Numerals.of(word).compareTo(BigDecimal.ONE) > 0;
    }

    private final List<Saying> sayings;

    /** @param texts all that the brief says in words */
    Gist(List<String> texts) {
        this.sayings = texts.stream().map(Saying::of).toList();
    }

    /** Whether the brief says so; what tells nothing it does not say. */
    boolean says(String words) {
        if (YOURS.matcher(words).lookingAt()) {
            return false;
        }
        Saying asked = Saying.of(words);
        return asked.telling().stream().anyMatch(word -> !SCOPES.contains(word) && !Character.isDigit(word.charAt(0)))
                && sayings.stream().anyMatch(saying -> saying.says(asked));
    }

    /** Whether it says <em>not</em> of what the brief says without one, in nothing but the brief's words. */
    boolean denies(String sentence) {
        Saying asked = Saying.of(MODAL.matcher(sentence).replaceAll(" "));
        return NOT.matcher(sentence).find()
                && !sentence.contains("?")
                && asked.telling().stream()
                                .filter(word -> !SCOPES.contains(word) && !Character.isDigit(word.charAt(0)))
                                .count()
                        >= LEAST_DENIED
                && sayings.stream().anyMatch(saying -> !saying.denies() && saying.speaksOf(asked));
    }

    /** Of one word, without accents and in lower case. */
    private static boolean isForm(String word, String other) {
        if (word.equals(other)) {
            return true;
        }
        int alike = 0;
        int shorter = Math.min(word.length(), other.length());
        while (alike < shorter && word.charAt(alike) == other.charAt(alike)) {
            alike++;
        }
        return alike >= LEAST_ALIKE
                && alike >= Math.max(word.length(), other.length()) - LONGEST_ENDING
                && !Character.isDigit(word.charAt(0));
    }
}
