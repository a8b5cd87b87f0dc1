package winback.content.gate;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import winback.content.brief.Brief;

/** The numbers that a brief states, and how numbers are read. */
final class Numerals {

    /** With or without decimals and thousands, in the way of either language. */
    static final String NUMBER = "\\d+(?:[.,\\u00a0\\u202f]\\d+)*";

    static final Pattern ANY = Pattern.compile(NUMBER);
    static final Pattern PERCENT = Pattern.compile(
            "(" + NUMBER + ")[\\s\\u00a0\\u202f]*(?:%|％|per[ -]?cent\\b|por[ -]ciento\\b|percent\\b)",
            Pattern.CASE_INSENSITIVE);
    private static final String CURRENCY =
            "€|\\$|£|¥|EUR|USD|GBP|euros?|dollars?|bucks|pounds?|d[óo]lares|libras|pesos|MXN|cents|c[ée]ntimos";
    static final Pattern MONEY = Pattern.compile(
            "(?:(?:US)?[€$£¥][\\s\\u00a0]?(" + NUMBER + "))|(?:\\b(?:EUR|USD|GBP|MXN)[\\s\\u00a0]?(" + NUMBER
                    + "))|(?:(" + NUMBER + ")[\\s\\u00a0\\u202f]?(?:" + CURRENCY + ")(?![\\p{L}]))",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    private final Set<BigDecimal> all = new HashSet<>();
    private final Set<BigDecimal> percents = new HashSet<>();
    private final Set<BigDecimal> amounts = new HashSet<>();

    /** @param texts all that the brief says in words */
    Numerals(Brief brief, List<Brief.Offer> offers, List<String> texts) {
        for (String text : texts) {
            collect(ANY.matcher(text), all);
            collect(PERCENT.matcher(text), percents);
            Matcher money = MONEY.matcher(text);
            while (money.find()) {
                amounts.add(amount(money));
            }
        }
        for (Brief.Offer offer : offers) {
            BigDecimal value = offer.value();
            if (value != null) {
                (offer.reward() == Brief.Reward.PERCENT ? percents : amounts).add(value.stripTrailingZeros());
            }
            if (offer.minimum() != null) {
                amounts.add(offer.minimum().amount().stripTrailingZeros());
            }
        }
        for (Brief.Product product : brief.products()) {
            if (product.price() != null) {
                amounts.add(product.price().amount().stripTrailingZeros());
            }
        }
    }

    private static void collect(Matcher matcher, Set<BigDecimal> into) {
        while (matcher.find()) {
            into.add(value(matcher.group(matcher.groupCount() > 0 ? 1 : 0)));
        }
    }

    static BigDecimal amount(Matcher money) {
        for (int group = 1; group <= money.groupCount(); group++) {
            if (money.group(group) != null) {
                return value(money.group(group));
            }
        }
        throw new IllegalStateException("no number in " + money.group());
    }

    /** A separator with exactly three digits after it groups thousands; another one begins decimals. */
    static BigDecimal value(String number) {
        String digits =
                number.replaceAll("[.,\\u00a0\\u202f](?=\\d{3}(?!\\d))", "").replaceAll("[,\\u00a0\\u202f]", ".");
        int last = digits.lastIndexOf('.');
        String plain = last < 0 ? digits : digits.substring(0, last).replace(".", "") + digits.substring(last);
        return new BigDecimal(plain).stripTrailingZeros();
    }

    boolean states(BigDecimal number) {
        return all.contains(number);
    }

    boolean statesPercent(BigDecimal number) {
        return percents.contains(number);
    }

    boolean statesAmount(BigDecimal number) {
        return amounts.contains(number);
    }

    private static final Map<String, Integer> WORDS = Map.ofEntries(
            Map.entry("ten", 10),
            Map.entry("fifteen", 15),
            Map.entry("twenty", 20),
            Map.entry("twenty-five", 25),
            Map.entry("thirty", 30),
            Map.entry("forty", 40),
            Map.entry("fifty", 50),
            Map.entry("sixty", 60),
            Map.entry("seventy", 70),
            Map.entry("eighty", 80),
            Map.entry("ninety", 90),
            Map.entry("hundred", 100),
            Map.entry("diez", 10),
            Map.entry("quince", 15),
            Map.entry("veinte", 20),
            Map.entry("veinticinco", 25),
            Map.entry("treinta", 30),
            Map.entry("cuarenta", 40),
            Map.entry("cincuenta", 50),
            Map.entry("sesenta", 60),
            Map.entry("setenta", 70),
            Map.entry("ochenta", 80),
            Map.entry("noventa", 90),
            Map.entry("cien", 100),
            Map.entry("five", 5),
            Map.entry("cinco", 5));

    private static final Pattern WORD_PERCENT = Pattern.compile(
            "(?<!\\p{L})(" + String.join("|", WORDS.keySet()) + ")[\\s-]+(?:per[ -]?cent|por[ -]ciento|percent)",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    /** Percentages in words as percentages in digits, so that they are looked at alike. */
    static String inDigits(String text) {
        return WORD_PERCENT
                .matcher(text)
                .replaceAll(word -> WORDS.get(word.group(1).toLowerCase(Locale.ROOT)) + "%");
    }
}
