package winback.content.gate;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import winback.content.brief.Weekdays;

/** Ways of stating something that no list of words holds, in either language; the patterns are those of {@code shapes.txt}. */
final class Shapes {

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    private static final String PART =
            "(?:half|halves|thirds?|quarters?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|mitad|tercios?|cuartos?|quintos?|(?:tercera|cuarta|quinta|décima) parte|[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]|[1-9]/[2-9])";
    private static final String PEOPLE =
            "(?:customers?|clients?|people|readers?|riders?|families|homes|households|members|subscribers|users|buyers|cooks|runners|fans|guests|visitors|owners|shops|stores|cities|countries|clientes|personas|lectores|lectoras|familias|hogares|miembros|socios|socias|suscriptores|usuarios|compradores|cocineros|cocineras|ciclistas|corredores|seguidores|invitados|visitantes|tiendas|ciudades|países|pedidos|orders|reviews|opiniones|reseñas|valoraciones)";

    /** What a shape states. */
    enum Kind {
        DISCOUNT(Claims.DISCOUNT, "is not an offer of the brief"),
        GIFT(Claims.DISCOUNT, "is not an offer of the brief"),
        SHIPPING(Claims.DISCOUNT, "is not an offer of the brief"),
        REPLY(Claims.CLAIM, "nobody reads what is answered, says the brief"),
        PRICE(Claims.PRICE, "is not a price of the brief"),
        CLAIM(Claims.CLAIM, "is not said in the brief"),
        SCARCITY(Claims.CLAIM, "the brief says nothing of how many there are, or who looks"),
        LIMIT(Claims.CLAIM, "no offer of the brief ends so"),
        PERSONAL(PersonalData.CODE, "speaks of what belongs to one person");

        final String code;
        final String detail;

        Kind(String code, String detail) {
            this.code = code;
            this.detail = detail;
        }
    }

    /** @param words as they are written */
    record Found(Kind kind, String words) {}

    private static final String WHITE = "\\s\\u00a0\\u202f";
    private static final String NUMBER = "@n";
    private static final Pattern RATING =
            Pattern.compile("(?<![\\d.,])(\\d(?:[.,]\\d+)?) ?(?:out of|de|sobre|/) ?(5|10)(?![\\d\\p{L}%/])");
    private static final Pattern SHARE = Pattern.compile(
            "(?<![\\p{L}\\p{N}.,])(\\d{1,3}|" + Numerals.IN_WORDS
                    + ") (?:in|out of|of every|of each|de cada) (\\d{1,3}|" + Numerals.IN_WORDS
                    + ")(?![\\p{L}\\p{N}%€$£]|[.,]\\d)",
            FLAGS);
    private static final Pattern AT_THE_END = Pattern.compile("\\d[\\d.,]* \\p{L}+$");

    /** How long something takes or lasts. */
    private static final Pattern TIME = Pattern.compile(
            "(?<![\\p{L}\\p{N}])(an?|" + Numerals.NUMBER + "|" + Numerals.IN_WORDS
                    + ")[\\s-]+(working |business )?(hour|day|week|month|year|hora|día|semana|mes|año)(?:s|es)?(?!\\p{L})( laborables?| hábil(?:es)?)?",
            FLAGS);

    /** Where something is made or of what, for what it is suited, in what it is washed, of what it tastes. */
    private static final List<Pattern> IN_A_WORD = Stream.of(
                    "(?:made|thrown|fired|woven|crafted|built|designed|produced|sewn|glazed|knitted|printed|hech|torne|coci|fabric|tej|cos|diseñ|esmalt|impres).* (?:in|en) (\\p{L}+)",
                    "(?:(?:safe|suitable) (?:in|for)|apt[oa]s? para) (?:the |a |el |la |los |las )?(\\p{L}+)",
                    "(\\p{L}+)-safe",
                    ".*(?:from|out of|into|in) (?:a|an|the|your) (?:hot )?(oven|microwave|freezer)",
                    ".*in (?:the |a |national )?(magazine|newspaper|paper)",
                    "\\p{L}+[ -](gener)\\p{L}+",
                    "(?:(?:is|are|was|were) made (?:out )?(?:of|from)|(?:es|son|está|están) hech[oa]s? (?:de|con)) .*?(\\p{L}+)",
                    "(?:tastes? (?:of|like)|saben? a) (\\p{L}+)",
                    "(?:go|van?|ir|mete\\p{L}*|lava\\p{L}*) .*?(dishwasher|oven|washing machine|lavavajillas|lavadora|secadora)")
            .map(Pattern::compile)
            .toList();

    /** Of which anything may taste. */
    private static final Set<String> TURNS =
            Set.of("nothing", "more", "home", "summer", "nada", "más", "poco", "gloria", "casa", "verano");

    private static final Pattern DOZEN = Pattern.compile("(?:a |one )dozen |una docena de ");

    /** For how many something is enough. */
    private static final Pattern SERVES = Pattern.compile("(?:serves?|feeds?|sleeps?|seats?) (?:up to )?(.+)");

    /** Of what something is free: in a brief, any of these ways of saying so will do. */
    private static final Pattern WITHOUT = Pattern.compile(
            "(?:no(?: (?:lleva|contiene|tiene|usa)n?)?|free of|without(?: any)?|sin|libres? de|contains? no|ha(?:s|ve) no) (\\p{L}+)");

    private static final List<String> WAYS_WITHOUT = List.of(
            "no %s",
            "without %s", "without any %s", "free of %s", "%s-free", "%s free", "sin %s", "libre de %s", "nada de %s");

    private static final Pattern CROWD = Pattern.compile("(\\S+) (?:people|personas)");

    /** Days on which one works, behind a number of them. */
    private static final Pattern WORKING = Pattern.compile("\\s+(?:laborables?|hábil(?:es)?)(?!\\p{L})", FLAGS);

    private static final Pattern BY_WEEKDAY =
            Pattern.compile("(?:until|by|before|hasta|antes del?) (?:el |este |next |this )?("
                    + String.join("|", Weekdays.BY_NAME.keySet()) + ")");

    private static final List<String> WAYS_UNTIL =
            List.of("until %s", "by %s", "before %s", "until the %s", "hasta el %s", "antes del %s", "hasta %s");

    /** Letters apart, or digits among them. */
    private static final Pattern DISGUISED =
            Pattern.compile("(?:(?<!\\p{L})\\p{L}[\\s._*-]){3,}\\p{L}(?!\\p{L})|\\p{L}[0134578@$]\\p{L}");

    private static final Map<String, String> UNITS =
            Map.of("hora", "hour", "día", "day", "semana", "week", "mes", "month", "año", "year");

    private static final BigDecimal MONTHS_OF_A_YEAR = BigDecimal.valueOf(12);

    /** That something is promised for so long. */
    private static final Pattern GUARANTEED = Pattern.compile(
            "(?<!\\p{L})(?:guaranteed|garantizad[oa]s?)(?: for| during| durante| por)?\\s+(?=" + TIME.pattern() + ")",
            FLAGS);

    private static final Pattern GUARANTEE = Pattern.compile("guarante|warrant|garant");

    private static final String TURN = "turn";

    private static final Pattern TURNS_OF_PHRASE = pattern(lines(TURN::equals)
            .flatMap(shape -> alternatives(shape[1]).stream())
            .toList());

    private static final Map<Kind, Pattern> PATTERNS = read();

    private final String said;
    private final Gist gist;
    private final Set<String> times;
    private final boolean guarantees;

    /**
     * @param said all that the brief says; what has a shape there may be said so
     * @param gist the same in other words
     */
    Shapes(String said, Gist gist) {
        this.gist = gist;
        this.said = rated((said + '\n' + Numerals.inDigits(said)).toLowerCase(Locale.ROOT));
        this.times = times(said);
        this.guarantees = GUARANTEE.matcher(this.said).find();
    }

    private static Map<Kind, Pattern> read() {
        Map<Kind, List<String>> shapes = new EnumMap<>(Kind.class);
        lines(kind -> !kind.equals(TURN))
                .forEach(shape -> shapes.computeIfAbsent(
                                Kind.valueOf(shape[0].toUpperCase(Locale.ROOT)), kind -> new ArrayList<>())
                        .addAll(alternatives(shape[1])));
        Map<Kind, Pattern> patterns = new EnumMap<>(Kind.class);
        shapes.forEach((kind, each) -> patterns.put(kind, pattern(each)));
        return patterns;
    }

    /** Each of a kind, and its pattern. */
    private static Stream<String[]> lines(Predicate<String> kind) {
        return Lexicon.lines("shapes.txt").stream()
                .map(line -> line.split(" ", 2))
                .filter(shape -> kind.test(shape[0]));
    }

    /** Without what is said in a turn of phrase that claims nothing. */
    static String withoutTurns(String text) {
        return TURNS_OF_PHRASE.matcher(text).replaceAll(" | ");
    }

    private static List<String> alternatives(String shape) {
        List<String> alternatives = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < shape.length(); i++) {
            char c = shape.charAt(i);
            depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
            if (c == '|' && depth == 0) {
                alternatives.add(shape.substring(from, i));
                from = i + 1;
            }
        }
        alternatives.add(shape.substring(from));
        return alternatives;
    }

    /** Those that begin with a number are one, since looking for a number in words takes longest. */
    private static Pattern pattern(List<String> alternatives) {
        String counting = alternatives.stream()
                .filter(shape -> shape.startsWith(NUMBER))
                .map(shape -> shape.substring(NUMBER.length()))
                .collect(Collectors.joining("|"));
        String whole = Stream.concat(
                        alternatives.stream().filter(shape -> !shape.startsWith(NUMBER)),
                        counting.isEmpty() ? Stream.empty() : Stream.of(NUMBER + "(?:" + counting + ")"))
                .collect(Collectors.joining("|"))
                .replace("@month", Claims.MONTH)
                .replace("@many", Numerals.MANY_IN_WORDS)
                .replace("@people", PEOPLE)
                .replace("@part", PART)
                .replace("@gap", "(?:[ ,][^.!?\\n]{0,30}?)?[ ,]")
                .replace(NUMBER, "(?:" + Numerals.NUMBER + "|" + Numerals.IN_WORDS + ")");
        return Pattern.compile("(?<![\\p{L}\\p{N}])(?:" + spaced(whole) + ")(?![\\p{L}\\p{N}])", FLAGS);
    }

    /** With any white space for a blank. */
    private static String spaced(String pattern) {
        StringBuilder spaced = new StringBuilder(pattern.length() * 2);
        int depth = 0;
        for (char c : pattern.toCharArray()) {
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (c == ' ') {
                spaced.append(depth == 0 ? "(?:[" + WHITE + "]+)" : WHITE);
            } else {
                spaced.append(c);
            }
        }
        return spaced.toString();
    }

    List<Found> in(String paragraph) {
        Set<String> readings = new LinkedHashSet<>();
        readings.add(rated(paragraph));
        if (isDisguised(paragraph)) {
            readings.addAll(Wording.readings(paragraph));
        }
        List<Found> found = new ArrayList<>();
        readings.forEach(text -> PATTERNS.forEach((kind, pattern) -> {
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                Matcher working = WORKING.matcher(text).region(matcher.end(), text.length());
                String taking = matcher.group() + (working.lookingAt() ? working.group() : "");
                boolean isSaid = isSaid(matcher.group())
                        || kind == Kind.CLAIM && (takesAsLong(taking) || gist.says(matcher.group()));
                if (!isSaid) {
                    found.add(new Found(kind, matcher.group()));
                }
            }
        }));
        return List.copyOf(found);
    }

    static boolean isDisguised(String text) {
        return DISGUISED.matcher(text).find();
    }

    /** Those in a text, in one way of writing. */
    private static Set<String> times(String text) {
        return TIME.matcher(text)
                .results()
                .map(time -> {
                    String number = time.group(1).toLowerCase(Locale.ROOT);
                    String unit = time.group(3).toLowerCase(Locale.ROOT);
                    boolean working = time.group(2) != null || time.group(4) != null;
                    String of = UNITS.getOrDefault(unit, unit);
                    BigDecimal count = number.startsWith("a") ? BigDecimal.ONE : Numerals.of(number);
                    // A year is twelve months; a month is no number of days.
                    boolean years = of.equals("year");
                    return (years ? count.multiply(MONTHS_OF_A_YEAR) : count)
                                    .stripTrailingZeros()
                                    .toPlainString()
                            + (working ? " working " : " ")
                            + (years ? "month" : of);
                })
                .collect(Collectors.toSet());
    }

    /** Without promises of what the brief promises as long, of which it may speak as a guarantee. */
    String withoutPromises(String paragraph) {
        return guarantees
                ? GUARANTEED.matcher(paragraph).replaceAll(promise -> {
                    Matcher time = TIME.matcher(paragraph).region(promise.end(), paragraph.length());
                    boolean given = time.lookingAt() && takesAsLong(time.group());
                    return given ? " " : Matcher.quoteReplacement(promise.group());
                })
                : paragraph;
    }

    /** Whether it says how long, and the brief says that somewhere. */
    private boolean takesAsLong(String words) {
        Set<String> given = times(words);
        return !given.isEmpty() && times.containsAll(given);
    }

    /** Also where the brief says how many, and of what. */
    private boolean isSaid(String words) {
        String lower = words.toLowerCase(Locale.ROOT);
        for (Pattern pattern : IN_A_WORD) {
            Matcher telling = pattern.matcher(lower);
            if (telling.matches()) {
                return TURNS.contains(telling.group(1)) || said.contains(telling.group(1));
            }
        }
        Matcher without = WITHOUT.matcher(lower);
        if (without.matches()) {
            return isWithin(WAYS_WITHOUT, without.group(1));
        }
        Matcher day = BY_WEEKDAY.matcher(lower);
        if (day.matches()) {
            return isWithin(WAYS_UNTIL, day.group(1));
        }
        Matcher crowd = CROWD.matcher(lower);
        if (crowd.matches()) {
            return isWithin(crowd.group(1));
        }
        Matcher serves = SERVES.matcher(lower);
        if (serves.matches()) {
            return Stream.of("for ", "for up to ", "up to ").anyMatch(before -> isWithin(before + serves.group(1)));
        }
        Matcher dozen = DOZEN.matcher(lower);
        if (dozen.lookingAt()) {
            String of = lower.substring(dozen.end());
            return Stream.of("twelve ", "doce ", "12 ").anyMatch(twelve -> isWithin(twelve + of)) || isWithin(lower);
        }
        Matcher tail = AT_THE_END.matcher(lower);
        return isWithin(lower) || tail.find() && isWithin(tail.group());
    }

    private boolean isWithin(List<String> ways, String word) {
        return ways.stream().anyMatch(way -> isWithin(way.formatted(word)));
    }

    /** In whole words: of "la mitad del ruido" nothing is "a mitad". */
    private boolean isWithin(String words) {
        for (int at = said.indexOf(words); at >= 0; at = said.indexOf(words, at + 1)) {
            int end = at + words.length();
            if ((at == 0 || !Character.isLetterOrDigit(said.charAt(at - 1)))
                    && (end == said.length() || !Character.isLetterOrDigit(said.charAt(end)))) {
                return true;
            }
        }
        return false;
    }

    /** Ratings and shares in one way of writing. */
    private static String rated(String text) {
        String rated = RATING.matcher(text)
                .replaceAll(rating -> rating.group(1).replace(',', '.') + " out of " + rating.group(2));
        return SHARE.matcher(rated)
                .replaceAll(share -> Numerals.of(share.group(1)).toPlainString() + " in "
                        + Numerals.of(share.group(2)).toPlainString());
    }
}
