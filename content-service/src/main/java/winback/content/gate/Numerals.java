package winback.content.gate;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import winback.content.NumberWords;
import winback.content.brief.Brief;

/** The numbers that a brief states, and how numbers are read. */
final class Numerals {

    /** With or without decimals and thousands, in the way of either language. */
    static final String NUMBER = "\\d+(?:[.,\\u00a0\\u202f]\\d+)*";

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    static final Pattern ANY = Pattern.compile(NUMBER);
    static final Pattern PERCENT = Pattern.compile(
            "(" + NUMBER + ")[\\s\\u00a0\\u202f]*(?:%|％|per[ -]?cent\\b|por[ -]ciento\\b|percent\\b)",
            Pattern.CASE_INSENSITIVE);
    private static final String CURRENCY =
            "€|\\$|£|¥|EUR|USD|GBP|euros?|dollars?|bucks|quid|pounds?|d[óo]lares|libras|pesos|MXN|cents|c[ée]ntimos";
    static final Pattern MONEY = Pattern.compile(
            "(?:(?:US)?[€$£¥][\\s\\u00a0]?(" + NUMBER + "))|(?:\\b(?:EUR|USD|GBP|MXN)[\\s\\u00a0]?(" + NUMBER
                    + "))|(?:(" + NUMBER + ")[\\s\\u00a0\\u202f]?(?:" + CURRENCY + ")(?![\\p{L}]))",
            FLAGS);

    private final Set<BigDecimal> all = new HashSet<>();

    /** By the stem of what is counted, how many there are of it. */
    private final Map<String, Set<Integer>> counts = new HashMap<>();

    private final Set<BigDecimal> percents = new HashSet<>();
    private final Set<Amount> amounts = new HashSet<>();
    private final Set<Amount> terms = new HashSet<>();

    /** Of products, where nothing else of the brief is as much. */
    private final Set<Amount> prices = new HashSet<>();

    /**
     * @param currency the sign that it is written with; empty for parts of a unit of any
     */
    record Amount(BigDecimal value, String currency) {

        /** As it is written. */
        static Amount of(MatchResult money) {
            String text = money.group().toLowerCase(Locale.ROOT);
            String currency = CURRENCIES.entrySet().stream()
                    .filter(one -> one.getValue().stream().anyMatch(text::contains))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse("");
            return new Amount(amount(money), currency);
        }

        /** Ways in which an amount of a brief may be written. */
        static Stream<Amount> of(Brief.Money money) {
            return of(money.amount(), money.currency());
        }

        static Stream<Amount> of(BigDecimal value, String code) {
            List<String> signs = switch (code) {
                case "EUR" -> List.of("€");
                case "GBP" -> List.of("£");
                case "USD", "CAD", "AUD" -> List.of("$");
                case "JPY" -> List.of("¥");
                default -> List.of("$", "peso");
            };
            return signs.stream().map(sign -> new Amount(value.stripTrailingZeros(), sign));
        }
    }

    private static final Map<String, List<String>> CURRENCIES = Map.of(
            "€", List.of("€", "eur"),
            "£", List.of("£", "gbp", "pound", "quid", "libra"),
            "$", List.of("$", "usd", "dollar", "dólar", "dolar", "dólares", "dolares", "bucks"),
            "¥", List.of("¥"),
            "peso", List.of("peso", "mxn"));

    /** @param texts all that the brief says in words */
    Numerals(Brief brief, List<Brief.Offer> offers, List<String> texts) {
        for (String text : texts) {
            String digits = inDigits(text);
            ONLY_ONE.matcher(text)
                    .results()
                    .map(one -> stem(one.group(1).toLowerCase(Locale.ROOT)))
                    .filter(what -> !TURNS.contains(what))
                    .forEach(what ->
                            counts.computeIfAbsent(what, one -> new HashSet<>()).add(1));
            Stream.concat(counted(text).stream(), counted(digits).stream())
                    .forEach(each -> counts.computeIfAbsent(each.what(), what -> new HashSet<>())
                            .add(each.number()));
            collect(ANY.matcher(digits), all);
            collect(PERCENT.matcher(digits), percents);
            ALL_WORDS
                    .matcher(text)
                    .results()
                    .map(found -> NumberWords.value(found.group()))
                    .filter(number -> number > TEN)
                    .forEach(number -> all.add(BigDecimal.valueOf(number).stripTrailingZeros()));
            FIVE_STARS
                    .matcher(digits)
                    .results()
                    .map(rating -> value(rating.group(1)))
                    .forEach(rating -> all.add(FIVE.subtract(rating).stripTrailingZeros()));
            Matcher money = MONEY.matcher(digits);
            while (money.find()) {
                amounts.add(Amount.of(money));
            }
        }
        // "11 endangered species" are so many species, too.
        for (String text : texts) {
            counted(text).forEach(each -> {
                Matcher noun = NEXT_WORD.matcher(text.substring(each.end()));
                String next = noun.lookingAt() ? noun.group(1).toLowerCase(Locale.ROOT) : "";
                Set<Integer> same = counts.get(stem(next));
                if (same != null) {
                    same.add(each.number());
                }
            });
        }
        for (Brief.Offer offer : offers) {
            BigDecimal value = offer.value();
            if (value != null && offer.reward() == Brief.Reward.PERCENT) {
                percents.add(value.stripTrailingZeros());
            } else if (value != null && offer.currency() != null) {
                Amount.of(value, offer.currency()).forEach(terms::add);
            }
            if (offer.minimum() != null) {
                Amount.of(offer.minimum()).forEach(terms::add);
            }
        }
        amounts.addAll(terms);
        Stream.of(
                        Stream.of(brief.brand().about()),
                        brief.facts().stream().map(Brief.Fact::text),
                        brief.products().stream().map(Brief.Product::text))
                .flatMap(described -> described)
                .flatMap(described -> described.values().stream())
                .flatMap(text -> MONEY.matcher(inDigits(text)).results())
                .map(Amount::of)
                .forEach(terms::remove);
        for (Brief.Product product : brief.products()) {
            if (product.price() != null) {
                Amount.of(product.price())
                        .filter(price -> !amounts.contains(price))
                        .forEach(prices::add);
            }
        }
    }

    /** "The missing 0.2" of a rating. */
    private static final Pattern FIVE_STARS =
            Pattern.compile("(?<![\\d.,])(\\d[.,]\\d) ?(?:out of|de|sobre|/) ?(?:5|five|cinco)(?![\\d.,]\\d)", FLAGS);

    private static final BigDecimal FIVE = BigDecimal.valueOf(5);

    private static void collect(Matcher matcher, Set<BigDecimal> into) {
        while (matcher.find()) {
            into.add(value(matcher.group(matcher.groupCount() > 0 ? 1 : 0)));
        }
    }

    private static BigDecimal amount(MatchResult money) {
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

    /** In words they are turns of phrase from a hundred on. */
    private static final int MOST_COUNTED = 100;

    private static final int MOST_IN_DIGITS = 10_000_000;

    private static final Pattern NEXT_WORD = Pattern.compile("[\\s-]+(\\p{L}{3,})");

    private static final int SEVERAL = 6;
    private static final int DOZEN = 12;

    /** @param end where it ends in the text */
    private record Counted(int number, String what, String words, int end) {}

    /** More than one of something. */
    private static List<Counted> counted(String text) {
        List<Counted> counted = new ArrayList<>();
        Matcher matcher = COUNTED.matcher(text);
        while (matcher.find()) {
            String digits = matcher.group("digits");
            String words = matcher.group("words");
            int number = digits != null
                    ? value(digits.replace(' ', '.')).intValue()
                    : words != null ? NumberWords.value(words) : 2;
            String what = digits != null ? matcher.group("things") : words != null ? matcher.group("what") : "times";
            // "Ten times" is a turn of phrase.
            int most = stem(what.toLowerCase(Locale.ROOT)).equals(stem("times"))
                    ? SEVERAL
                    : digits != null ? MOST_IN_DIGITS : MOST_COUNTED;
            if (number > 1 && number < most && !Wording.isFrequent(what.toLowerCase(Locale.ROOT))) {
                counted.add(new Counted(number, stem(what.toLowerCase(Locale.ROOT)), matcher.group(), matcher.end()));
            }
        }
        return counted;
    }

    /** Not an article; Spanish has one word for both unless it says that there are no more. */
    private static final Pattern ONLY_ONE = Pattern.compile(
            "(?<!\\p{L})(?:one|a single|(?:un|una)(?: s[óo]l[oa]| [úu]nic[oa]))\\s+(\\p{L}{3,})(?!\\p{L})", FLAGS);

    /** Of which there is one only as one says so. */
    private static final Set<String> TURNS = Stream.of(
                    "day", "week", "year", "hour", "minute", "moment", "time", "thing", "way", "place", "piece", "more",
                    "click", "person", "mail", "word", "look", "bit", "and", "that", "who", "which", "día", "semana",
                    "vez", "cosa", "persona", "clic", "palabra", "order", "pedido")
            .map(Numerals::stem)
            .collect(Collectors.toUnmodifiableSet());

    static String stem(String noun) {
        return (noun.equals("veces") ? "times" : noun).replaceAll("ies$", "y").replaceAll("(?:es|s|e)$", "");
    }

    /** Where the text counts otherwise what the brief counts. */
    List<String> contradictedIn(String text) {
        return Stream.concat(manyIn(text), onlyOneIn(text)).toList();
    }

    /** "One glaze" of four. */
    private Stream<String> onlyOneIn(String text) {
        return ONLY_ONE.matcher(text)
                .results()
                .filter(one -> !ONE_OF_MANY.matcher(text.substring(one.end())).lookingAt())
                .filter(one -> !EACH.matcher(text.substring(0, one.start())).find())
                .filter(one -> {
                    String what = stem(one.group(1).toLowerCase(Locale.ROOT));
                    return !TURNS.contains(what) && isAnother(1, counts.getOrDefault(what, Set.of()));
                })
                .map(MatchResult::group);
    }

    /** "One cup at a time", "one bowl each". */
    private static final Pattern ONE_OF_MANY = Pattern.compile(
            "\\s+(?:at a time|each|or|for|per|after|by|more|and another|a la vez|cada|o|para|por|tras|más|y otr[oa])(?!\\p{L})",
            FLAGS);

    private static final Pattern EACH =
            Pattern.compile("(?<!\\p{L})(?:each|every|no|not|any|than|even|for|cada|ni|para|que)\\s+$", FLAGS);

    private Stream<String> manyIn(String text) {
        return counted(text).stream()
                // How often something is done is told by what is done.
                .filter(each -> !each.what().equals(TIMES))
                .filter(each -> isAnother(each.number(), counts.getOrDefault(each.what(), Set.of())))
                .filter(each -> !isRounded(each, text) && !isChoice(each, text))
                // Growers are people, however many the brief has of others.
                .filter(each -> !each.what().equals(PEOPLE) && !each.what().equals(PERSONS)
                        || !states(BigDecimal.valueOf(each.number())))
                .map(Counted::words);
    }

    private static final String PEOPLE = stem("people");
    private static final String TIMES = stem("times");
    private static final String PERSONS = stem("personas");

    /** "Four pairs" are none of the brief's fourteen thousand. */
    private static boolean isAnother(int number, Set<Integer> stated) {
        boolean few = number <= DOZEN && stated.stream().allMatch(each -> each >= MOST_COUNTED);
        return !stated.isEmpty() && !few && !stated.contains(number);
    }

    private static final Pattern BETWEEN = Pattern.compile("(?<!\\p{L})(?:between|entre)\\s+$", FLAGS);

    /** Between two glazes one may hesitate that come in four. */
    private static boolean isChoice(Counted each, String text) {
        int at = text.indexOf(each.words());
        return at > 0 && BETWEEN.matcher(text.substring(0, at)).find();
    }

    private static final Pattern MORE_THAN = Pattern.compile("(?<!\\p{L})(?:more than|over|más de)\\s+$", FLAGS);

    /** Of a larger number by so much at most "more than" may be said. */
    private static final double ROUNDED = .9;

    private boolean isRounded(Counted each, String text) {
        int begins = each.end() - each.words().length();
        return MORE_THAN.matcher(text.substring(0, begins)).find()
                && counts.getOrDefault(each.what(), Set.of()).stream()
                        .anyMatch(stated -> stated > each.number() && each.number() >= ROUNDED * stated);
    }

    /** Whether the brief has it, or one that is a little larger where the text says "more than" this. */
    boolean states(BigDecimal number, String before) {
        return states(number)
                || MORE_THAN.matcher(before).find()
                        && all.stream()
                                .anyMatch(stated -> stated.compareTo(number) > 0
                                        && number.doubleValue() >= ROUNDED * stated.doubleValue());
    }

    boolean states(BigDecimal number) {
        return all.contains(number);
    }

    /** Whether it stands anywhere in the brief, be it as a price. */
    boolean mentions(BigDecimal number) {
        return states(number)
                || percents.contains(number)
                || Stream.concat(amounts.stream(), prices.stream())
                        .anyMatch(amount -> amount.value().compareTo(number) == 0);
    }

    boolean statesPercent(BigDecimal number) {
        return percents.contains(number);
    }

    boolean statesAmount(Amount amount) {
        return amounts.contains(amount) || prices.contains(amount);
    }

    /** Whether it is a term of an offer, which it takes off or from which on it applies, and nothing that the brief says of anything else. */
    boolean isTerm(Amount amount) {
        return terms.contains(amount);
    }

    /** Whether it is what a product costs, and nothing else of the brief. */
    boolean isPrice(Amount amount) {
        return prices.contains(amount);
    }

    /** Numbers in words up to it are turns of phrase, too. */
    private static final int TEN = 10;

    private static final String[] SMALL_ENGLISH =
            "zero one two three four five six seven eight nine ten".split(" ", -1);
    private static final String[] SMALL_SPANISH =
            "cero uno dos tres cuatro cinco seis siete ocho nueve diez".split(" ", -1);

    /** A number in words, in either language. */
    static final String IN_WORDS = NumberWords.PATTERN;

    /** One that begins with ten or more. */
    static final String MANY_IN_WORDS = NumberWords.MANY;

    /** What is counted, so that its number states something. */
    static final String UNIT =
            "(?:[\\s\\u00a0-]*(?:\\+|hours?|horas?|days?|d[íi]as?|weeks?|semanas?|months?|meses|mes|years?|a[ñn]os?|minutes?|minutos?|stars?|estrellas?|customers?|clientes?|people|personas|reviews?|opiniones|shops?|tiendas|countries|pa[íi]ses|times|veces|kg|km|cm|mm|kn|ml|kw|watts?|vatios?|gram(?:me)?s?|gramos|lit(?:er|re)s?|litros|met(?:er|re)s?|metros|inch(?:es)?|pulgadas|million|millones|m[ií]l|thousand|points?|puntos|left|unidades|pieces|piezas|x)(?!\\p{L}))";

    private static final Pattern COUNTED = Pattern.compile(
            "(?<![\\p{L}\\p{N}.,])(?:(?<twice>twice)|(?<digits>\\d{1,6}|\\d{1,3}(?:[.,\\u00a0\\u202f ]\\d{3})+)[\\s-]+(?<things>\\p{L}{3,})|(?<words>"
                    + IN_WORDS + ")[\\s-]+(?<what>\\p{L}{3,}))(?!\\p{L})",
            FLAGS);

    private static final Pattern ALL_WORDS = Pattern.compile("(?<!\\p{L})" + IN_WORDS + "(?!\\p{L})", FLAGS);

    private static final Pattern WORD_PERCENT = Pattern.compile(
            "(?<![\\p{L}\\d.,])(" + NUMBER + "|" + IN_WORDS
                    + ")[\\s-]+(?:%|per[ -]?cent(?!\\p{L})|por[ -]ciento|percent(?!\\p{L}))",
            FLAGS);
    private static final Pattern WORD_MONEY = Pattern.compile(
            "(?<!\\p{L})(" + IN_WORDS
                    + ")[\\s-]+(euros?|dollars?|bucks|quid|pounds?|d[óo]lares|libras|pesos|cents|c[ée]ntimos)(?!\\p{L}|\\s+(?:of|bags?|box|packs?)(?!\\p{L}))"
                    + "(?:\\s+(?:(?:and|con|y)\\s+)?(" + IN_WORDS + ")(?!\\s+\\p{Ll})(?!\\p{L}))?",
            FLAGS);

    /** Eleven in one language, and not at all in the other. */
    private static final String ONCE = "once";

    /** Percentages, amounts and larger counts in words or raised digits as such in digits, so that they are looked at alike. */
    static String inDigits(String text) {
        String percents = WORD_PERCENT
                .matcher(plain(text))
                .replaceAll(found -> (Character.isDigit(found.group(1).charAt(0))
                                ? found.group(1)
                                : NumberWords.value(found.group(1)))
                        + "%");
        String money = WORD_MONEY.matcher(percents).replaceAll(found -> {
            String cents =
                    found.group(3) == null ? "" : "." + "%02d".formatted(NumberWords.value(found.group(3)) % 100);
            return NumberWords.value(found.group(1)) + cents + " " + found.group(2);
        });
        return ALL_WORDS.matcher(money).replaceAll(found -> {
            int number = ONCE.equalsIgnoreCase(found.group()) ? 0 : NumberWords.value(found.group());
            return number > TEN ? String.valueOf(number) : Matcher.quoteReplacement(found.group());
        });
    }

    private static String plain(String text) {
        StringBuilder plain = new StringBuilder(text);
        for (int i = 0; i < plain.length(); i++) {
            int digit = RAISED.indexOf(plain.charAt(i));
            if (digit >= 0) {
                plain.setCharAt(i, (char) ('0' + digit % 10));
            }
        }
        return plain.toString();
    }

    /** Superscript digits in order, and the lowered ones. */
    private static final String RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉";

    /** The numbers in a text that are more than one and at most so many, in digits or words. */
    static Stream<BigDecimal> upTo(int most, String text) {
        return Stream.concat(
                        ANY.matcher(text).results().map(digits -> value(digits.group())),
                        ALL_WORDS
                                .matcher(text)
                                .results()
                                .map(words -> BigDecimal.valueOf(NumberWords.value(words.group()))))
                .filter(number ->
                        number.compareTo(BigDecimal.ONE) > 0 && number.compareTo(BigDecimal.valueOf(most)) <= 0);
    }

    /** A small number in words. */
    static String word(String language, int number) {
        return (language.equals("es") ? SMALL_SPANISH : SMALL_ENGLISH)[Math.min(number, TEN)];
    }

    /** Of digits, or of words that {@link #IN_WORDS} matches. */
    static BigDecimal of(String number) {
        return Character.isDigit(number.charAt(0)) ? value(number) : BigDecimal.valueOf(NumberWords.value(number));
    }
}
