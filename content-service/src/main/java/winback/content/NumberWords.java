package winback.content;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whole numbers in words, in English and Spanish, from none to what stands before a million: "twenty-one", "two hundred and
 * fifty", "treinta y una", "dos mil". Patterns are without flags, end with a word and give no part of a number back.
 */
public final class NumberWords {

    /** However many more words follow. */
    private static final int MOST = 1_000_000;

    private static final int TEN = 10;

    private static final Map<String, Integer> WORDS = words();

    private static final String WORD = "(?:" + alternatives(value -> true) + "|hundred|thousand|mil)(?!\\p{L})";

    /** "And" stands behind hundreds, "y" behind tens; "un" and "una" are articles of what comes next. */
    private static final String MORE = "(?:[\\s-]+(?:(?:(?<=(?:hundred|thousand)\\s)and|(?<=nta\\s)y)\\s+" + WORD
            + "|(?!una?(?!\\p{L}))" + WORD + "))*";

    /** Any number. */
    public static final String PATTERN = "(?>" + WORD + MORE + ")";

    /** One that begins with ten or more. */
    public static final String MANY =
            "(?>(?:" + alternatives(value -> value >= TEN) + "|hundred|thousand|mil)(?!\\p{L})" + MORE + ")";

    /** An article rather than a number, as in "un quince por ciento". */
    private static final Pattern ARTICLE =
            Pattern.compile("^(?:una?|one)[\\s-]+(?!(?:hundred|thousand|mil)(?!\\p{L}))");

    private NumberWords() {}

    /** @param words that {@link #PATTERN} matches, in either case */
    public static int value(String words) {
        int thousands = 0;
        int rest = 0;
        for (String word :
                ARTICLE.matcher(words.toLowerCase(Locale.ROOT)).replaceFirst("").split("[\\s-]+", -1)) {
            if (word.equals("hundred")) {
                rest = Math.min(MOST, Math.max(1, rest) * 100);
            } else if (word.equals("thousand") || word.equals("mil")) {
                thousands = Math.max(1, rest) * 1000;
                rest = 0;
            } else {
                rest += WORDS.getOrDefault(word, 0);
            }
        }
        return thousands + rest;
    }

    private static String alternatives(Predicate<Integer> which) {
        return WORDS.entrySet().stream()
                .filter(word -> which.test(word.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .collect(Collectors.joining("|"));
    }

    private static Map<String, Integer> words() {
        Map<String, Integer> words =
                new HashMap<>(Map.of("un", 1, "una", 1, "veintiuno", 21, "veintiuna", 21, "cien", 100, "ciento", 100));
        count(
                0,
                1,
                "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
                words);
        count(
                0,
                1,
                "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
                words);
        count(20, 10, "twenty thirty forty fifty sixty seventy eighty ninety", words);
        count(20, 10, "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", words);
        count(
                21,
                1,
                "veintiún veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve",
                words);
        String hundreds =
                "doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos";
        count(200, 100, hundreds, words);
        count(200, 100, hundreds.replace("ientos", "ientas"), words);
        return Map.copyOf(words);
    }

    private static void count(int from, int by, String words, Map<String, Integer> into) {
        int value = from;
        for (String word : words.split(" ", -1)) {
            into.put(word, value);
            value += by;
        }
    }
}
