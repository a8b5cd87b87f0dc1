package winback.content.gate;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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
import org.jspecify.annotations.Nullable;
import winback.content.brief.Brief;
import winback.content.brief.Brief.Product;
import winback.content.brief.Brief.Reward;
import winback.content.brief.Term;
import winback.content.brief.Weekdays;
import winback.content.gate.ReadMail.Field;

/** Whatever a mail states that its brief does not: numbers, prices, discounts, codes, days, praise, urgency. */
final class Claims {

    static final String CLAIM = "claim-outside-brief";
    static final String PRICE = "price-outside-brief";
    static final String DISCOUNT = "discount-outside-brief";

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    private static final int WINDOW = 30;

    private static final Pattern REDUCTION = Pattern.compile(
            "(?<!\\p{L})(?:off|discount\\w*|sav(?:e|ing|ings)|less(?! than)|reduc\\w+|(?<=on |the |our |in )sale|cheaper|descuento\\w*|dto|ahorr\\w+|rebaj\\w+|menos(?! (?:de|que))|oferta\\w*|promoci\\w+|offer\\w*|voucher|bono|(?<=un )vale|devolv\\w+|reembols\\w+|cashback|de vuelta)(?!\\p{L})",
            FLAGS);
    private static final Map<String, Integer> MONTHS = Map.ofEntries(
            Map.entry("january", 1),
            Map.entry("february", 2),
            Map.entry("march", 3),
            Map.entry("april", 4),
            Map.entry("may", 5),
            Map.entry("june", 6),
            Map.entry("july", 7),
            Map.entry("august", 8),
            Map.entry("september", 9),
            Map.entry("october", 10),
            Map.entry("november", 11),
            Map.entry("december", 12),
            Map.entry("jan", 1),
            Map.entry("feb", 2),
            Map.entry("mar", 3),
            Map.entry("apr", 4),
            Map.entry("jun", 6),
            Map.entry("jul", 7),
            Map.entry("aug", 8),
            Map.entry("sep", 9),
            Map.entry("sept", 9),
            Map.entry("oct", 10),
            Map.entry("nov", 11),
            Map.entry("dec", 12),
            Map.entry("ene", 1),
            Map.entry("abr", 4),
            Map.entry("ago", 8),
            Map.entry("dic", 12),
            Map.entry("enero", 1),
            Map.entry("febrero", 2),
            Map.entry("marzo", 3),
            Map.entry("abril", 4),
            Map.entry("mayo", 5),
            Map.entry("junio", 6),
            Map.entry("julio", 7),
            Map.entry("agosto", 8),
            Map.entry("septiembre", 9),
            Map.entry("setiembre", 9),
            Map.entry("octubre", 10),
            Map.entry("noviembre", 11),
            Map.entry("diciembre", 12));
    static final String MONTH = "(" + String.join("|", MONTHS.keySet()) + ")";
    private static final Map<String, DayOfWeek> WEEKDAYS = Weekdays.BY_NAME;
    private static final Pattern WEEKDAY_OF_DATE = Pattern.compile(
            "(?<!\\p{L})(" + String.join("|", WEEKDAYS.keySet())
                    + "),?\\s+(?:the |día )?(?=\\d{1,2}(?:st|nd|rd|th)?\\s+(?:de |of )?" + MONTH + "|" + MONTH
                    + "\\s+\\d)",
            FLAGS);
    private static final Pattern DAY_FIRST = Pattern.compile(
            "(?<!\\d)(\\d{1,2})(?:st|nd|rd|th)?\\s+(?:de\\s+|of\\s+)?" + MONTH
                    + "(?!\\p{L})(?:\\s+(?:de\\s+)?(\\d{4}))?",
            FLAGS);
    private static final Pattern MONTH_FIRST = Pattern.compile(
            "(?<!\\p{L})" + MONTH + "\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?(?!\\d)(?:,?\\s+(\\d{4}))?", FLAGS);
    private static final List<String> ORDINALS = List.of(
            ("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
                            + " sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third"
                            + " twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first")
                    .split(" "));
    private static final Pattern ORDINAL_DAY = Pattern.compile(
            "(?<!\\p{L})(?:the )?(" + String.join("|", ORDINALS).replace("-", "[ -]+") + ") (?:of )?" + MONTH
                    + "(?!\\p{L})",
            FLAGS);
    private static final String UNTIL =
            "(?<=(?<!\\p{L})(?:until|till|through|before|by|ends on|hasta|antes del?|termina|acaba) )";

    private static final Pattern ORDINAL_ALONE = Pattern.compile(
            UNTIL + "the (" + String.join("|", ORDINALS).replace("-", "[ -]+")
                    + ")(?= of(?!\\p{L})(?! the)|[.,;!?)]|$)",
            FLAGS);

    private static final Pattern NEW_YEARS_EVE = Pattern.compile(
            "(?<=(?<!\\p{L})(?:until|till|through|before|by|hasta|antes de|tardar en))(?: la)? (?:New Year['’]s Eve|Nochevieja)(?!\\p{L})",
            FLAGS);

    /** Of a month that is not told: "until the 31st", "hasta el domingo 20". */
    private static final Pattern DAY_ALONE = Pattern.compile(
            UNTIL + "(?:(?:the |el )?(" + String.join("|", WEEKDAYS.keySet())
                    + "),? (?:the |día )?(\\d{1,2})(?:st|nd|rd|th)?|the (\\d{1,2})(?:st|nd|rd|th)|(?:el |(?<=del ))(?:día )?(\\d{1,2}))(?=\\s*(?:[.;!?)]|,(?!\\d)|$)|\\s+(?:and|y|for|o|or|con|with|se|te|le|no|va|van|viene|vienen|lleva|tienes|tiene|hay|you|we|it)(?!\\p{L}))",
            FLAGS);

    private static final Pattern DAY_AND_MONTH = Pattern.compile("(?<![\\d/.,])(\\d{1,2})/(\\d{1,2})(?![\\d/])");
    private static final Pattern IN_FIGURES = Pattern.compile(
            "(?<!\\d)(\\d{1,2})[/.-](\\d{1,2})[/.-](\\d{2,4})(?!\\d)|(?<!\\d)(\\d{4})-(\\d{2})-(\\d{2})(?!\\d)");

    private static final Pattern WITH_UNIT =
            Pattern.compile("(?<![\\p{L}\\d])(" + Numerals.NUMBER + ")" + Numerals.UNIT, FLAGS);

    /** So many words are a saying of the brief's, and no name. */
    private static final int QUOTE = 4;

    /** Gifts of the brief. */
    private static final Pattern GIVEN = Pattern.compile("^free | (?:de regalo|gratis|gratuit[oa]s?)$");

    private static final Pattern TRAIT_PERCENT =
            Pattern.compile("\\{\\{[^}]*subscriber[^}]*}}\\s*(?:%|per ?cent|por ciento)", FLAGS);
    private static final Pattern TRAIT_MONEY = Pattern.compile(
            "[€$£]\\s*\\{\\{[^}]*subscriber[^}]*}}|\\{\\{[^}]*subscriber[^}]*}}\\s*(?:[€$£]|EUR|USD|GBP|euros?|dollars?|pounds?|dólares|pesos)",
            FLAGS);

    private static final Pattern SINCE = Pattern.compile("(?:since|desde) (1\\d{3}|20\\d{2})(?!\\d)", FLAGS);

    /** What follows a percentage that is of nothing, and so off something. */
    private static final Pattern OF_NOTHING = Pattern.compile(
            "\\s*(?:$|[.,;:!?)]|(?:if|when|on|in|for|with|off|today|now|extra|until|si|cuando|en|para|con|hoy|ahora|al|hasta|por)(?!\\p{L}))",
            FLAGS);

    /** What a name is known by. */
    private static final Pattern NAMING = Pattern.compile("\\p{Lu}\\p{L}{2,}|\\p{L}{4,}");

    /** In names and prices: a lamp, <em>luz</em>, has three letters. */
    private static final Pattern SHORT = Pattern.compile("\\p{L}{3,}");

    /** Before what comes along. */
    private static final Pattern ALONG =
            Pattern.compile("(?<!\\p{L})(?:with|including|con|incluid[oa]s?)(?:\\s+\\p{L}+){0,2}\\s+$");

    private static final int NOWHERE = Integer.MAX_VALUE;

    private static final Pattern SENTENCES = Pattern.compile("(?<=[.!?])\\s+|\\R");

    static Stream<String> sentences(String text) {
        return SENTENCES.splitAsStream(text);
    }

    /** Week by week. */
    private static final Pattern WEEKLY = Pattern.compile(
            "(?<!\\p{L})(?:on )?((?:mon|tues|wednes|thurs|fri|satur|sun)day)s(?!\\p{L})|(?<!\\p{L})los (lunes|martes|miércoles|jueves|viernes|sábado|domingo)s?(?!\\p{L})",
            FLAGS);

    private static @Nullable DayOfWeek weekday(MatchResult weekly) {
        String name = weekly.group(1) == null ? weekly.group(2) : weekly.group(1);
        return WEEKDAYS.get(name.toLowerCase(Locale.ROOT));
    }

    /**
     * What is wrong with a paragraph.
     *
     * @param words as they are written
     */
    private record Statement(String code, String words, String detail) {}

    static final class Statements {

        private final List<Statement> all = new ArrayList<>();

        void add(String code, String words, String detail) {
            all.add(new Statement(code, words, detail));
        }
    }

    private final ByLanguage<Paragraphs<Statement>> paragraphs =
            ByLanguage.of(language -> new Paragraphs<>(paragraph -> stated(paragraph, language)));

    private final Numerals numerals;
    private final List<Product> products;

    /** Names of what is no product. */
    private final List<String> news;

    /** By product, of its names and no other's. */
    private final Map<String, Set<String>> ownWords;

    /** By product, of all that the brief says of it. */
    private final Map<String, Set<String>> sayings;

    private final OfferTerms offers;
    private final LocalDate today;
    private final boolean replies;
    /** On which the brief says that something happens week by week. */
    private final Set<DayOfWeek> weekdays;

    /** Words of what happens so. */
    private final Set<String> onWeekdays;

    private final ByLanguage<Lexicon> claims;
    private final ByLanguage<Lexicon> exempt;
    private final ByLanguage<Lexicon> urgent;
    private final ByLanguage<Lexicon> urgentToday;
    private final Lexicon said;

    /** Of {@link #said} what is more than a name. */
    private final Lexicon quoted;

    private final Lexicon entitled;
    private final Lexicon delivered;
    private final Shapes shapes;
    private final Gist gist;

    /** How long ago it is what the brief says of a year. */
    private final Lexicon since;

    private final Hours hours;
    private final Features features;

    private final Praise praise;
    private final Sums sums;

    /** @param texts all that the brief says in words */
    Claims(Brief brief, LocalDate today, List<String> texts) {
        this.offers = new OfferTerms(brief, today, texts);
        this.products = brief.products();
        this.news = brief.facts().stream()
                .flatMap(fact -> fact.name().values().stream())
                .map(name -> name.text().toLowerCase(Locale.ROOT))
                // What is both is sold.
                .filter(name -> products.stream()
                        .flatMap(product -> product.name().values().stream())
                        .noneMatch(product -> name.contains(product.text().toLowerCase(Locale.ROOT))))
                .toList();
        this.sayings = products.stream().collect(Collectors.toMap(Product::id, Claims::sayings));
        this.ownWords = products.stream()
                .collect(Collectors.toMap(Product::id, product -> ownWords(product, brief.categories())));
        this.today = today;
        this.replies = brief.sender().replies();
        List<String> weekly = texts.stream()
                .flatMap(Claims::sentences)
                .filter(sentence -> WEEKLY.matcher(sentence).find())
                .toList();
        this.weekdays = weekly.stream()
                .flatMap(sentence -> WEEKLY.matcher(sentence).results())
                .map(Claims::weekday)
                .filter(day -> day != null)
                .collect(Collectors.toSet());
        this.onWeekdays = weekly.stream()
                .flatMap(sentence -> tellingOf(sentence).stream())
                .collect(Collectors.toSet());
        this.hours = new Hours(texts);
        this.gist = new Gist(texts);
        this.features = new Features(brief, texts, gist);
        this.praise = new Praise(brief);
        this.sums = new Sums(products, offers);
        List<String> since = sinceThen(texts);
        this.since = Lexicon.of(since);
        this.numerals = new Numerals(brief, brief.offersOn(today), texts);
        List<String> implied = offers.implied();
        this.entitled = Lexicon.of(implied);
        this.delivered = offers.shipped();
        String all = String.join(" \n ", texts) + " \n " + String.join(" \n ", implied);
        this.shapes = new Shapes(String.join(" \n ", texts) + " \n " + String.join(" \n ", since), gist);
        this.claims = ByLanguage.of(language -> notIn(all, "claims." + language + ".txt"));
        this.exempt = ByLanguage.of(language -> Lexicon.read("exempt." + language + ".txt"));
        this.urgent = ByLanguage.of(language -> urgency(language, false));
        this.urgentToday = ByLanguage.of(language -> urgency(language, true));
        List<String> saying = texts.stream()
                .flatMap(text -> Stream.concat(Stream.of(text), Stream.of(SENTENCES.split(text))))
                .filter(text -> text.length() >= 3)
                .distinct()
                // The longest first, so that it is not taken for what it begins with.
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
        // What is given has to be seen with what is said of it.
        Set<String> gifts = brief.offers().stream()
                .flatMap(offer -> offer.gift().values().stream())
                .map(Term::text)
                .collect(Collectors.toSet());
        this.quoted = Lexicon.of(saying.stream()
                .filter(text -> !gifts.contains(text))
                .filter(text -> GIVEN.matcher(text).find() || text.strip().split("\\s+", -1).length >= QUOTE)
                .toList());
        this.said = Lexicon.of(
                Stream.concat(saying.stream(), offers.codes().stream()).toList());
    }

    /** Years by which a round number may be missed. */
    private static final int NEARLY = 2;

    /** Years, and whole decades, since a year of the brief. */
    private List<String> sinceThen(List<String> texts) {
        List<String> times = new ArrayList<>();
        for (String text : texts) {
            Matcher since = SINCE.matcher(text);
            while (since.find()) {
                int years = today.getYear() - Integer.parseInt(since.group(1));
                times.add(years + " years");
                times.add(years + " años");
                int above = (years + 9) / 10 * 10;
                if (above - years <= NEARLY) {
                    Stream.of("almost ", "nearly ").forEach(nearly -> times.add(nearly + above + " years"));
                    times.add("casi " + above + " años");
                }
                int below = years / 10 * 10;
                Stream.of("more than ", "over ").forEach(over -> times.add(over + below + " years"));
                times.add("más de " + below + " años");
                for (int number : new int[] {years / 10, (years + 9) / 10}) {
                    times.add(Numerals.word("en", number) + " decades");
                    times.add(Numerals.word("es", number) + " décadas");
                }
            }
        }
        return times;
    }

    /** Of where somebody is from, as <em>francesa</em> is <em>francés</em>. */
    private static final Pattern FEMININE = Pattern.compile("esas?$");

    /** Those phrases of a resource that the brief does not contain. */
    private static Lexicon notIn(String brief, String name) {
        List<String> rest = new ArrayList<>();
        for (String phrase : Lexicon.lines(name)) {
            String masculine = FEMININE.matcher(phrase).replaceFirst("és");
            if (Lexicon.of(List.of(phrase, masculine)).first(brief).isEmpty()) {
                rest.add(phrase);
            }
        }
        return Lexicon.of(rest);
    }

    private static Lexicon urgency(String language, boolean lastDay) {
        List<String> phrases = new ArrayList<>();
        for (String line : Lexicon.lines("urgency." + language + ".txt")) {
            if (line.startsWith("= ") == lastDay) {
                phrases.add(lastDay ? line.substring(2) : line);
            }
        }
        return Lexicon.of(phrases);
    }

    void look(ReadMail mail, Findings findings) {
        mail.sources().forEach((field, source) -> {
            each(TRAIT_PERCENT, source, DISCOUNT, field, findings);
            each(TRAIT_MONEY, source, PRICE, field, findings);
        });
        for (Field field : mail.everything()) {
            if (!field.name().equals(ReadMail.URL)) {
                offers.look(field.name(), field.words(), findings);
                statements(mail, field)
                        .forEach(each -> findings.add(each.code(), field.name(), each.words(), each.detail()));
            }
        }
    }

    /** What a subject and its preheader say is read in one: "Shipping is on us" with "Free until 20 December". */
    private Stream<Statement> statements(ReadMail mail, Field field) {
        Paragraphs<Statement> read = paragraphs.in(mail.draft().language());
        List<Statement> alone = read.in(field.words());
        if (alone.isEmpty() || !field.name().equals(ReadMail.PREHEADER)) {
            return alone.stream();
        }
        String subject = mail.fields().stream()
                .filter(other -> other.name().equals(ReadMail.SUBJECT))
                .map(Field::words)
                .findFirst()
                .orElse("");
        List<Statement> together = read.in(subject + ", " + field.words());
        return alone.stream()
                .filter(each -> together.stream()
                        .anyMatch(other -> other.code().equals(each.code())
                                && other.detail().equals(each.detail())
                                && other.words().contains(each.words())));
    }

    private static void each(Pattern pattern, String source, String code, String field, Findings findings) {
        Matcher matcher = pattern.matcher(source);
        while (matcher.find()) {
            findings.add(code, field, matcher.group(), "is whatever somebody is called");
        }
    }

    /** Of time, and not eleven. */
    private static final Pattern ONCE = Pattern.compile(
            "(?<!\\p{L})once(?= (?:the|an?|your|our|my|you|we|they|it|it's|you've|that|this|people|guests|every\\p{L}+|in)(?!\\p{L}))",
            FLAGS);

    private List<Statement> stated(String paragraph, String language) {
        Statements stated = new Statements();
        String read = language.equals("en") ? ONCE.matcher(paragraph).replaceAll(" when") : paragraph;
        String all = MOMENTS.matcher(Numerals.inDigits(
                        ordinals(Shapes.withoutTurns(exempt.in(language).without(read)))))
                .replaceAll(" ");
        // What the brief says in these very words is not looked at any further, addresses least of all.
        String rest = hours.without(Hours.withoutSmallTalk(quoted.without(withoutAddresses(all))), stated);
        offers.look(all, rest, stated);
        String words = days(withoutWeekdays(rest), language, stated);
        words = shapes.withoutPromises(words);
        for (Shapes.Found found : shapes.in(delivered.without(words))) {
            boolean meant = switch (found.kind()) {
                case REPLY -> replies;
                case SHIPPING -> offers.gives(Reward.SHIPPING) || offers.isGiven(found.words(), all);
                case GIFT -> offers.isGift(found.words(), all);
                case LIMIT -> offers.endsWithMonth(found.words()) || isOfNothing(found.words(), all);
                case DISCOUNT -> offers.isGiven(found.words(), all) || offers.isPart(found.words());
                default -> false;
            };
            if (!meant) {
                stated.add(found.kind().code, found.words(), found.kind().detail);
            }
        }
        words = since.without(words);
        contradicted(words, stated);
        sentences(all).filter(gist::denies).forEach(denial -> stated.add(CLAIM, denial, "the brief says otherwise"));
        features.look(rest, stated);
        spelled(paragraph, stated);
        words = percents(said.without(words), stated);
        words = amounts(words, all, stated);
        prices(all, stated);
        others(all, stated);
        counts(words, all, stated);
        String text = entitled.without(words);
        for (String claim : claims.in(language).in(text)) {
            if (offers.isGiven(claim, all) || offers.isUnlimited(claim, all) || gist.says(claim)) {
                continue;
            }
            stated.add(CLAIM, claim, "is not said in the brief");
        }
        praise.look(text, stated);
        urgency(text, language, stated);
        return stated.all;
    }

    /** What ends, or may be done until then only. */
    private static final Pattern DEALINGS = Pattern.compile(
            "[%€$£\\d]|(?<!\\p{L})(?:offer|code|discount|sale|deal|end|over|expire|order|buy|pay|price|cost|sav|off|free|gift|ship|deliver|post|claim|us[ei]|enter|renew|subscri|join|book|last|only|just|left|open|clos|your|take|have|had|keep|choose|choice|decide|hurry|available|valid|good|yes|sign"
                    + "|oferta|código|descuent|rebaj|promoc|acab|termin|caduc|venc|expir|pid|ped|compr|pag|preci|cuest|ahorr|gratis|regal|env|us[ao]|renov|renuev|suscri|reserv|s[oó]lo|qued|abr|abiert|cierr|cerr|tien|llev|aprovech|decid|dispon|vale|apúnt)\\p{L}*|(?<!\\p{L})get (?:it|them|yours|one|the|an?|our|this|these)(?!\\p{L})",
            FLAGS);

    /** Whether a day is told in a sentence that speaks of nothing that could end with it: "back to the stove before January". */
    private static boolean isOfNothing(String day, String text) {
        return !DEALINGS.matcher(day).find()
                && sentences(text)
                        .filter(sentence -> sentence.contains(day))
                        .map(sentence -> sentence.replace(day, " ").strip())
                        .allMatch(rest -> NAMING.matcher(rest).find()
                                && !DEALINGS.matcher(rest).find());
    }

    /** "December 17 and 20", "el 17 y el 20 de diciembre". */
    private static final Pattern TWO_DAYS = Pattern.compile(
            "(?<!\\p{L})" + MONTH
                    + " (\\d{1,2}) and (\\d{1,2})(?!\\d|[.,:]\\d|\\s?%)|(?<![\\d.,])(\\d{1,2}) y (?:el )?(\\d{1,2}) de "
                    + MONTH + "(?!\\p{L})",
            FLAGS);

    /** "The tenth of January" is the 10 January, and what is over by New Year's Eve is so on 31 December. */
    private static String ordinals(String text) {
        String feasts = NEW_YEARS_EVE
                .matcher(TWO_DAYS.matcher(text)
                        .replaceAll(days -> days.group(1) == null
                                ? days.group(4) + " de " + days.group(6) + " y el " + days.group(5) + " de "
                                        + days.group(6)
                                : days.group(1) + " " + days.group(2) + " and " + days.group(1) + " " + days.group(3)))
                .replaceAll(eve -> " 31 de diciembre");
        String dated = ORDINAL_DAY.matcher(feasts).replaceAll(found -> ordinal(found.group(1)) + " " + found.group(2));
        return ORDINAL_ALONE.matcher(dated).replaceAll(found -> "the " + ordinal(found.group(1)) + "th");
    }

    private static int ordinal(String word) {
        return 1 + ORDINALS.indexOf(word.toLowerCase(Locale.ROOT).replaceAll("[ -]+", "-"));
    }

    /** How many there are of what the brief counts. */
    private void contradicted(String text, Statements stated) {
        for (String counted : numerals.contradictedIn(text)) {
            if (!sums.tellPriceOf(counted, text)) {
                stated.add(CLAIM, counted, "the brief says another number");
            }
        }
        sentences(weekdays.isEmpty() ? "" : text)
                .filter(sentence -> Hours.isOfOpening(WEEKLY.matcher(sentence).replaceAll(" "))
                        || !Collections.disjoint(tellingOf(sentence), onWeekdays))
                .flatMap(sentence -> WEEKLY.matcher(sentence).results())
                .filter(weekly -> !weekdays.contains(weekday(weekly)))
                .forEach(weekly -> stated.add(CLAIM, weekly.group(), "the brief says another day"));
    }

    /** A day of the week before a day of an offer that is one. */
    private String withoutWeekdays(String text) {
        Set<DayOfWeek> days = offers.days().map(LocalDate::getDayOfWeek).collect(Collectors.toSet());
        return WEEKDAY_OF_DATE
                .matcher(text)
                .replaceAll(found -> days.contains(WEEKDAYS.get(found.group(1).toLowerCase(Locale.ROOT)))
                        ? ""
                        : Matcher.quoteReplacement(found.group()));
    }

    /** Of a day or an evening, or of reading, and of nothing that the brief counts. */
    private static final Pattern MOMENTS = Pattern.compile(
            "(?<!\\p{L})(?:the|these|those|your|los|las|estos|tus) (?:last|first|final|next|últim[oa]s|primer[oa]s) (?:\\d+|"
                    + Numerals.IN_WORDS
                    + ") (?:seconds|minutes|segundos|minutos)(?!\\p{L})"
                    + "|(?<=(?:things|reasons|ideas|news|novedades|cosas|razones|motivos|noticias|read|lectura|lee|leer|leen|leerlo) ?,? {0,2}(?:in|en|takes|takes you|te lleva|se lee en)? ?)(?:\\d+|"
                    + Numerals.IN_WORDS + ") (?:seconds|minutes|segundos|minutos)(?!\\p{L})",
            FLAGS);

    /** Before the day on which something is over. */
    private static final Pattern BEFORE = Pattern.compile("(?<!\\p{L})(?:before|antes del?)(?: the)?\\s+$", FLAGS);

    private static final Pattern ADDRESS = Pattern.compile("(?i)https?://\\S+");

    static String withoutAddresses(String text) {
        return ADDRESS.matcher(text).replaceAll(" ");
    }

    private String days(String text, String language, Statements stated) {
        for (Written day : daysIn(text)) {
            if (!offers.isDay(day) && !(day.isBefore() && offers.endsBefore(day))) {
                stated.add(CLAIM, day.words(), "is not a day of an offer in the brief");
            }
        }
        String rest =
                MONTH_FIRST.matcher(DAY_FIRST.matcher(text).replaceAll(" | ")).replaceAll(" | ");
        if (language.equals("es")) {
            rest = DAY_AND_MONTH
                    .matcher(rest)
                    .replaceAll(found -> offers.isDay(new Written(
                                    Integer.parseInt(found.group(1)),
                                    Integer.parseInt(found.group(2)),
                                    null,
                                    found.group(),
                                    false))
                            ? " "
                            : found.group());
        }
        String withoutFigures = IN_FIGURES.matcher(rest).replaceAll(figures -> {
            inFigures(figures, language, stated);
            return " ";
        });
        return DAY_ALONE.matcher(withoutFigures).replaceAll(day -> {
            String number = Stream.of(2, 3, 4)
                    .map(day::group)
                    .filter(digits -> digits != null)
                    .findFirst()
                    .orElseThrow();
            boolean isBefore =
                    BEFORE.matcher(withoutFigures.substring(0, day.start())).find();
            boolean ofOffer = offers.days()
                    .flatMap(date -> isBefore ? Stream.of(date, date.plusDays(1)) : Stream.of(date))
                    .filter(date -> date.getDayOfMonth() == Integer.parseInt(number))
                    .anyMatch(date -> day.group(1) == null
                            || date.getDayOfWeek() == WEEKDAYS.get(day.group(1).toLowerCase(Locale.ROOT)));
            if (!ofOffer) {
                stated.add(CLAIM, day.group(), "is not a day of an offer in the brief");
            }
            return " ";
        });
    }

    /** Day and month may stand in either order, which is told apart beyond the twelfth, and in Spanish. */
    private void inFigures(MatchResult figures, String language, Statements stated) {
        boolean yearFirst = figures.group(1) == null;
        int year = Integer.parseInt(figures.group(yearFirst ? 4 : 3));
        int first = Integer.parseInt(figures.group(yearFirst ? 6 : 1));
        int second = Integer.parseInt(figures.group(yearFirst ? 5 : 2));
        boolean monthFirst = !language.equals("es") && !yearFirst && second > LAST_MONTH;
        if (!yearFirst && !language.equals("es") && first <= LAST_MONTH && second <= LAST_MONTH && first != second) {
            stated.add(CLAIM, figures.group(), "is a date in figures, which reads differently in different countries");
            return;
        }
        Written day = new Written(
                monthFirst ? second : first,
                monthFirst ? first : second,
                String.valueOf(year < CENTURY ? 2000 + year : year),
                figures.group(),
                false);
        if (!offers.isDay(day)) {
            stated.add(CLAIM, figures.group(), "is not a day of an offer in the brief");
        }
    }

    private static final int LAST_MONTH = 12;
    private static final int CENTURY = 100;

    /**
     * A day as it is written, with or without its year.
     *
     * @param isBefore whether what is said of it ends the day before
     */
    record Written(int day, int month, @Nullable String year, String words, boolean isBefore) {

        boolean is(LocalDate date) {
            return date.getDayOfMonth() == day
                    && date.getMonthValue() == month
                    && (year == null || date.getYear() == Integer.parseInt(year));
        }

        Written anyYear() {
            return new Written(day, month, null, words, isBefore);
        }
    }

    static List<Written> daysIn(String text) {
        List<Written> days = new ArrayList<>();
        DAY_FIRST.matcher(text).results().forEach(found -> days.add(written(text, found, 1, 2)));
        String rest = DAY_FIRST.matcher(text).replaceAll(" ");
        MONTH_FIRST.matcher(rest).results().forEach(found -> days.add(written(rest, found, 2, 1)));
        return days;
    }

    private static Written written(String text, MatchResult found, int day, int month) {
        return new Written(
                Integer.parseInt(found.group(day)),
                MONTHS.getOrDefault(found.group(month).toLowerCase(Locale.ROOT), 0),
                found.group(3),
                found.group(),
                BEFORE.matcher(text.substring(0, found.start())).find());
    }

    /** Percentages whose number is written in letters apart. */
    private void spelled(String paragraph, Statements stated) {
        if (Shapes.isDisguised(paragraph)) {
            for (String reading : Wording.readings(paragraph)) {
                percents(Numerals.inDigits(reading), stated);
            }
        }
    }

    private String percents(String text, Statements stated) {
        Matcher matcher = Numerals.PERCENT.matcher(text);
        while (matcher.find()) {
            BigDecimal percent = Numerals.value(matcher.group(1));
            boolean reduces = isReduction(text, matcher)
                    || OF_NOTHING.matcher(text.substring(matcher.end())).lookingAt();
            if (!numerals.statesPercent(percent)) {
                stated.add(
                        reduces ? DISCOUNT : CLAIM,
                        matcher.group().strip(),
                        reduces ? "is not an offer of the brief" : "is not said in the brief");
            }
        }
        return matcher.replaceAll(" ");
    }

    private String amounts(String text, String all, Statements stated) {
        Matcher matcher = Numerals.MONEY.matcher(text);
        while (matcher.find()) {
            Numerals.Amount amount = Numerals.Amount.of(matcher);
            boolean forNothing = amount.value().signum() == 0 && offers.isShipped(around(text, matcher));
            if (!forNothing && !numerals.statesAmount(amount) && !sums.follows(amount, namedIn(all), all)) {
                boolean reduces = isReduction(text, matcher);
                stated.add(
                        reduces ? DISCOUNT : PRICE,
                        matcher.group().strip(),
                        reduces ? "is not an offer of the brief" : "is not a price of the brief");
            }
        }
        return matcher.replaceAll(" ");
    }

    /** A price is that of a product which its sentence names, or else one before; of news that the sentence names ahead of it, none. */
    private void prices(String text, Statements stated) {
        List<Product> before = new ArrayList<>();
        for (String sentence : SENTENCES.split(text)) {
            List<Product> here = namedIn(sentence);
            int news = here.isEmpty() ? namesNews(sentence) : NOWHERE;
            List<MatchResult> prices = Numerals.MONEY
                    .matcher(sentence)
                    .results()
                    .filter(money -> isPriced(sentence, money, here))
                    .toList();
            boolean ofNews = news < NOWHERE && prices.stream().allMatch(price -> news < price.start());
            List<Product> named = new ArrayList<>(here);
            // A word that is one product's alone, as a box, may be of any.
            if (!ofNews && here.stream().noneMatch(product -> names(product, sentence))) {
                named.addAll(before);
            }
            before.addAll(here);
            for (int i = 0; i < prices.size(); i++) {
                List<Product> priced =
                        named.size() == prices.size() ? inOrder(named, sentence).subList(i, i + 1) : named;
                Numerals.Amount amount = Numerals.Amount.of(prices.get(i));
                if (news < prices.get(i).start()
                        || !priced.isEmpty() && priced.stream().noneMatch(product -> costs(product, amount))) {
                    stated.add(PRICE, prices.get(i).group().strip(), "is the price of another product");
                } else if (priced.isEmpty() && products.stream().noneMatch(product -> costs(product, amount))) {
                    stated.add(PRICE, prices.get(i).group().strip(), "is a term of an offer, and no price");
                }
            }
        }
    }

    /** Whether it is the price of a product, or put as one: "the teapot costs €40" where so much has to be spent. */
    private boolean isPriced(String sentence, MatchResult money, List<Product> named) {
        Numerals.Amount amount = Numerals.Amount.of(money);
        return numerals.isPrice(amount)
                || numerals.isTerm(amount)
                        && Priced.asPrice(sentence, money, offers.takesOff(amount), !named.isEmpty())
                        && !sums.follows(amount, named, sentence);
    }

    /** Where it names news or a service, of which the brief says no price, but as what comes with something else. */
    private int namesNews(String sentence) {
        String text = sentence.toLowerCase(Locale.ROOT);
        return news.stream()
                .mapToInt(text::indexOf)
                .filter(at -> at >= 0 && !ALONG.matcher(text.substring(0, at)).find())
                .min()
                .orElse(NOWHERE);
    }

    private static boolean costs(Product product, Numerals.Amount amount) {
        return product.price() != null && Numerals.Amount.of(product.price()).anyMatch(amount::equals);
    }

    /** As they come in the sentence, each with its price before or behind it. */
    private List<Product> inOrder(List<Product> named, String sentence) {
        String text = sentence.toLowerCase(Locale.ROOT);
        return named.stream()
                .sorted(Comparator.comparingInt(product -> Stream.concat(
                                product.name().values().stream()
                                        .map(name -> name.text().toLowerCase(Locale.ROOT)),
                                ownWords.getOrDefault(product.id(), Set.of()).stream())
                        .mapToInt(text::indexOf)
                        .filter(at -> at >= 0)
                        .min()
                        .orElse(Integer.MAX_VALUE)))
                .toList();
    }

    /** So many words of what the brief says of one product are no chance in a sentence about another. */
    private static final int ENOUGH_WORDS = 3;

    private void others(String text, Statements stated) {
        for (String sentence : SENTENCES.split(text)) {
            List<Product> named = namedIn(sentence);
            if (named.size() != 1) {
                continue;
            }
            Set<String> words = wordsOf(sentence);
            words.removeAll(sayings.getOrDefault(named.getFirst().id(), Set.of()));
            // What is spoken of together is told apart by its readers.
            List<Product> spokenOf = namedIn(text);
            for (Product other : products) {
                long shared = sayings.getOrDefault(other.id(), Set.of()).stream()
                        .filter(words::contains)
                        .count();
                if (!spokenOf.contains(other) && shared >= ENOUGH_WORDS) {
                    stated.add(CLAIM, sentence.strip(), "the brief says so of another product");
                    break;
                }
            }
        }
    }

    private static Set<String> sayings(Product product) {
        return Stream.concat(
                        product.text().values().stream(),
                        product.name().values().stream().map(Term::text))
                .flatMap(text -> tellingOf(text).stream())
                .collect(Collectors.toCollection(HashSet::new));
    }

    static Set<String> tellingOf(String text) {
        Set<String> words = wordsOf(text);
        words.removeIf(Wording::isFrequent);
        return words;
    }

    private static final int SHORTEST_PLURAL = 4;

    private static boolean names(Product product, String sentence) {
        String text = sentence.toLowerCase(Locale.ROOT);
        return product.name().values().stream()
                .anyMatch(name -> text.contains(name.text().toLowerCase(Locale.ROOT)));
    }

    /** Those that a sentence names, by their names or a word of these that no other product's has. */
    private List<Product> namedIn(String sentence) {
        Set<String> words = shortWordsOf(sentence);
        // Several of them are it, too.
        Set.copyOf(words).stream()
                .filter(word -> word.length() > SHORTEST_PLURAL && word.endsWith("s"))
                .forEach(word -> words.add(word.substring(0, word.length() - 1)));
        return products.stream()
                .filter(product -> !Collections.disjoint(words, ownWords.getOrDefault(product.id(), Set.of()))
                        || names(product, sentence))
                .toList();
    }

    /** None of another's name or text, nor of a whole category. */
    private Set<String> ownWords(Product product, List<Map<String, Term>> categories) {
        Set<String> own = wordsOf(product);
        categories.stream()
                .flatMap(category -> category.values().stream())
                .forEach(category -> own.removeAll(shortWordsOf(category.text())));
        products.stream().filter(other -> other != product).forEach(other -> {
            own.removeAll(wordsOf(other));
            own.removeAll(sayings.getOrDefault(other.id(), Set.of()));
        });
        return own;
    }

    private static Set<String> wordsOf(Product product) {
        return product.name().values().stream()
                .flatMap(name -> shortWordsOf(name.text()).stream())
                .collect(Collectors.toCollection(HashSet::new));
    }

    static Set<String> shortWordsOf(String text) {
        Set<String> words = wordsOf(text);
        SHORT.matcher(text)
                .results()
                .map(word -> word.group().toLowerCase(Locale.ROOT))
                .filter(word -> !Wording.isFrequent(word))
                .forEach(words::add);
        return words;
    }

    static Set<String> wordsOf(String text) {
        return NAMING.matcher(text)
                .results()
                .map(word -> word.group().toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static String around(String text, MatchResult at) {
        return text.substring(Math.max(0, at.start() - WINDOW), Math.min(text.length(), at.end() + WINDOW));
    }

    static boolean isReduction(String text, MatchResult at) {
        return REDUCTION.matcher(around(text, at)).find();
    }

    /** One-digit numbers without a unit are turns of phrase. */
    private void counts(String text, String all, Statements stated) {
        Matcher counted = WITH_UNIT.matcher(text);
        while (counted.find()) {
            if (!numerals.states(Numerals.value(counted.group(1)), text.substring(0, counted.start()))) {
                stated.add(CLAIM, counted.group(), "is not said in the brief");
            }
        }
        Matcher bare = Numerals.ANY.matcher(counted.replaceAll(" "));
        while (bare.find()) {
            BigDecimal number = Numerals.value(bare.group());
            if (bare.group().length() > 1 && !numerals.mentions(number) && !sums.follows(number, namedIn(all), all)) {
                stated.add(CLAIM, bare.group(), "is a number that the brief does not have");
            }
        }
    }

    private void urgency(String text, String language, Statements stated) {
        if (!offers.endsSoon()) {
            for (String hurry : urgent.in(language).in(text)) {
                stated.add(CLAIM, hurry, "no offer of the brief ends so soon");
            }
        }
        if (!offers.endsToday()) {
            for (String hurry : urgentToday.in(language).in(text)) {
                stated.add(CLAIM, hurry, "no offer of the brief ends so soon");
            }
        }
    }
}
