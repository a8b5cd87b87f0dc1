package winback.content.gate;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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
import org.jspecify.annotations.Nullable;
import winback.content.brief.Brief;
import winback.content.brief.Brief.Offer;
import winback.content.brief.Brief.Product;
import winback.content.brief.Brief.Reward;
import winback.content.brief.Term;
import winback.content.gate.ReadMail.Field;

/** Whatever a mail states that its brief does not: numbers, prices, discounts, codes, days, praise, urgency. */
final class Claims {

    static final String CLAIM = "claim-outside-brief";
    static final String PRICE = "price-outside-brief";
    static final String DISCOUNT = "discount-outside-brief";

    /** So many days before its last an offer ends soon. */
    private static final int SOON_DAYS = 3;

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    private static final int WINDOW = 30;

    private static final Pattern REDUCTION = Pattern.compile(
            "(?<!\\p{L})(?:off|discount\\w*|sav(?:e|ing|ings)|less(?! than)|reduc\\w+|(?<=on |the |our |in )sale|cheaper|descuento\\w*|dto|ahorr\\w+|rebaj\\w+|menos(?! (?:de|que))|oferta\\w*|promoci\\w+|offer\\w*|voucher|bono|(?<=un )vale|devolv\\w+|reembols\\w+|cashback|de vuelta)(?!\\p{L})",
            FLAGS);
    private static final Pattern CODE = Pattern.compile(
            "(?<!\\p{L})(?:[Cc]ode|CODE|[Cc]ódigo|CÓDIGO|[Cc]upón|[Cc]oupon|[Pp]romo)(?:\\s+(?:is|es|de descuento|promocional|once more|otra vez|again))*\\s*[:,]?\\s*[\"'“«]?([A-Z0-9][A-Z0-9-]{2,23})\\b");
    private static final Pattern LIKE_A_CODE =
            Pattern.compile("\\b(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\\d)[A-Z][A-Z0-9-]{4,23}\\b");

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
    private static final Map<String, DayOfWeek> WEEKDAYS = weekdays();
    private static final Pattern WEEKDAY_OF_DATE = Pattern.compile(
            "(?<!\\p{L})(" + String.join("|", WEEKDAYS.keySet())
                    + "),?\\s+(?:the |día )?(?=\\d{1,2}(?:st|nd|rd|th)?\\s+(?:de |of )?" + MONTH + "|" + MONTH
                    + "\\s+\\d)",
            FLAGS);
    private static final Pattern DAY_FIRST = Pattern.compile(
            "(?<!\\d)(\\d{1,2})(?:st|nd|rd|th)?\\s+(?:de\\s+|of\\s+)?" + MONTH
                    + "(?!\\p{L})(?:\\s+(?:de\\s+)?(\\d{4}))?",
            FLAGS);
    private static final Pattern MONTH_FIRST =
            Pattern.compile("(?<!\\p{L})" + MONTH + "\\s+(\\d{1,2})(?:st|nd|rd|th)?(?!\\d)(?:,?\\s+(\\d{4}))?", FLAGS);
    private static final Pattern DAY_AND_MONTH = Pattern.compile("(?<![\\d/.,])(\\d{1,2})/(\\d{1,2})(?![\\d/])");
    private static final Pattern IN_FIGURES = Pattern.compile(
            "(?<!\\d)(\\d{1,2})[/.-](\\d{1,2})[/.-](\\d{2,4})(?!\\d)|(?<!\\d)(\\d{4})-(\\d{2})-(\\d{2})(?!\\d)");

    private static final Pattern WITH_UNIT =
            Pattern.compile("(?<![\\p{L}\\d])(" + Numerals.NUMBER + ")" + Numerals.UNIT, FLAGS);

    /** What an offer of shipping is called. */
    private static final List<String> SHIPPED = List.of(
            "free shipping",
            "free delivery",
            "shipping is on us",
            "delivery is on us",
            "postage is on us",
            "envío gratis",
            "envío gratuito",
            "envío es gratis",
            "envío corre de nuestra cuenta",
            "envío va por nuestra cuenta",
            "gastos de envío corren de nuestra cuenta",
            "gastos de envío");

    /** So many words are a saying of the brief's, and no name. */
    private static final int QUOTE = 4;

    /** Gifts of the brief. */
    private static final Pattern GIVEN = Pattern.compile("^free | de regalo$");

    private static final Pattern FREE = Pattern.compile(
            "(?<!\\p{L})(?:free|gratis|gratuit\\p{L}+|regal\\p{L}+|obsequi\\p{L}+|on us|for nothing|present|gift|our treat|on the house|compliments|pagamos nosotros|invit\\p{L}+|sin (?:coste|cargo)|nothing)(?!\\p{L})",
            FLAGS);
    /** Of whatever the sentence is about. */
    private static final Pattern BARELY =
            Pattern.compile("for free|free of charge|for nothing|gratis|l[oa]s? pagamos nosotros", FLAGS);

    private static final Pattern SENT =
            Pattern.compile("(?<!\\p{L})(?:ship|send|sent|deliver|post|envi|envío|mand|entreg)\\p{L}*", FLAGS);

    private static final Pattern NOTHING = Pattern.compile("(?!)");

    /** What a code does, before it. */
    private static final String WITH_IT = "(?:with|using|use|con|usa|usando) (?:the |your |el |tu )?(?:code |código )?";

    private static final String IS_SENT =
            ",? (?:we|you|your|te|lo|el|le|tu|it)(?!\\p{L})[^.,;]*(?:free|gratis|for nothing|shipping|delivery|envío|portes)(?!\\p{L})";

    /** What a code does, right behind it. */
    private static final String SHIPS =
            "(?: (?:gives?|gets?|means?|brings?|buys?|is|for|te|le|da|consigues?|es|para|regala|you|us|code|the|el|los|a))+ (?:(?:free|gratis|gratuit[oa]s?|no|sin|gastos|de) )*(?:shipping|delivery|postage|envío|portes)(?!\\p{L})";

    private static final Pattern SHIPPED_WORDS =
            Pattern.compile("(?<!\\p{L})(?:shipping|delivery|postage|envíos?|portes)(?!\\p{L})", FLAGS);
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

    /** Whatever is bought. */
    private static final Pattern ANY_ORDER = Pattern.compile(
            "(?<!\\p{L})(?:(?:any|every|all|each) (?:\\p{L}+ )?(?:orders?|purchases?|baskets?)|whatever (?:you|the|it)|however (?:little|small|much)|no minimum|without (?:a )?minimum"
                    + "|(?:cualquier|todos los|cada) (?:pedidos?|compras?)|cualquiera que sea|todas las compras|sin (?:\\p{L}+ )?m[íi]nim[oa]|por poco que|compres lo que|gastes lo que|pidas lo que)(?!\\p{L})",
            FLAGS);

    private static final Pattern SENTENCES = Pattern.compile("(?<=[.!?])\\s+|\\R");

    /** Week by week. */
    private static final Pattern WEEKLY = Pattern.compile(
            "(?<!\\p{L})(?:on )?((?:mon|tues|wednes|thurs|fri|satur|sun)day)s(?!\\p{L})|(?<!\\p{L})los (lunes|martes|miércoles|jueves|viernes|sábado|domingo)s?(?!\\p{L})",
            FLAGS);

    private static @Nullable DayOfWeek weekday(MatchResult weekly) {
        String name = weekly.group(1) == null ? weekly.group(2) : weekly.group(1);
        return WEEKDAYS.get(name.toLowerCase(Locale.ROOT));
    }

    private static Map<String, DayOfWeek> weekdays() {
        Map<String, DayOfWeek> names = new HashMap<>();
        for (DayOfWeek day : DayOfWeek.values()) {
            names.put(day.getDisplayName(TextStyle.FULL, Locale.ENGLISH).toLowerCase(Locale.ROOT), day);
            names.put(day.getDisplayName(TextStyle.FULL, Locale.of("es")).toLowerCase(Locale.ROOT), day);
        }
        return Map.copyOf(names);
    }

    /**
     * What is wrong with a paragraph.
     *
     * @param words as they are written
     */
    private record Statement(String code, String words, String detail) {}

    private static final class Statements {

        private final List<Statement> all = new ArrayList<>();

        void add(String code, String words, String detail) {
            all.add(new Statement(code, words, detail));
        }
    }

    private final ByLanguage<Paragraphs<Statement>> paragraphs =
            ByLanguage.of(language -> new Paragraphs<>(paragraph -> stated(paragraph, language)));

    private final Numerals numerals;
    private final List<Product> products;

    /** By offer with a code that is not of shipping. */
    private final Map<String, Pattern> otherwise;

    /** By product, of its names and no other's. */
    private final Map<String, Set<String>> ownWords;

    /** By product, of all that the brief says of it. */
    private final Map<String, Set<String>> sayings;

    private final List<Offer> offers;
    private final LocalDate today;
    private final boolean replies;
    private final Set<String> codes = new HashSet<>();

    /** On which the brief says that something happens week by week. */
    private final Set<DayOfWeek> weekdays;

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

    /** @param texts all that the brief says in words */
    Claims(Brief brief, LocalDate today, List<String> texts) {
        this.offers = brief.offersOn(today);
        this.products = brief.products();
        this.otherwise = offers.stream()
                .filter(offer -> offer.code() != null && offer.reward() != Reward.SHIPPING)
                .collect(Collectors.toMap(Offer::id, Claims::shipping));
        this.ownWords = products.stream().collect(Collectors.toMap(Product::id, this::ownWords));
        this.sayings = products.stream().collect(Collectors.toMap(Product::id, Claims::sayings));
        this.today = today;
        this.replies = brief.sender().replies();
        this.weekdays = texts.stream()
                .flatMap(text -> WEEKLY.matcher(text).results())
                .map(Claims::weekday)
                .filter(day -> day != null)
                .collect(Collectors.toSet());
        this.numerals = new Numerals(brief, offers, texts);
        offers.stream().map(Offer::code).filter(code -> code != null).forEach(codes::add);
        List<String> implied = implied();
        this.entitled = Lexicon.of(implied);
        this.delivered = Lexicon.of(gives(Reward.SHIPPING) ? SHIPPED : List.of());
        String all = String.join(" \n ", texts) + " \n " + String.join(" \n ", implied);
        this.shapes = new Shapes(String.join(" \n ", texts) + " \n " + String.join(" \n ", sinceThen(texts)));
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
        this.quoted = Lexicon.of(saying.stream()
                .filter(text -> GIVEN.matcher(text).find() || text.strip().split("\\s+", -1).length >= QUOTE)
                .toList());
        this.said = Lexicon.of(Stream.concat(saying.stream(), codes.stream()).toList());
    }

    /** What the offers that run entitle to say. */
    private List<String> implied() {
        List<String> words = new ArrayList<>();
        for (Offer offer : offers) {
            words.addAll(
                    switch (offer.reward()) {
                        case PERCENT, AMOUNT -> List.of("discount", "descuento");
                        case SHIPPING -> SHIPPED;
                        case GIFT -> List.of("free gift");
                    });
        }
        return words;
    }

    /** Whether these words say that something is free, and the sentence that it is a gift of the brief, or shipping. */
    private boolean isGiven(String words, String text) {
        return FREE.matcher(words).find()
                && SENTENCES
                        .splitAsStream(text)
                        .filter(sentence -> sentence.contains(words))
                        .anyMatch(sentence -> isSent(words, sentence) || namesGift(sentence));
    }

    private boolean isSent(String words, String sentence) {
        return gives(Reward.SHIPPING)
                && SENT.matcher(BARELY.matcher(words).matches() ? sentence : words)
                        .find();
    }

    private boolean namesGift(String sentence) {
        Set<String> words = wordsOf(sentence);
        return offers.stream()
                .flatMap(offer -> offer.gift().values().stream())
                .anyMatch(gift -> !Collections.disjoint(tellingOf(gift.text()), words));
    }

    private boolean gives(Reward reward) {
        return offers.stream().anyMatch(offer -> offer.reward() == reward);
    }

    /** Whole decades since a year of the brief. */
    private List<String> sinceThen(List<String> texts) {
        List<String> decades = new ArrayList<>();
        for (String text : texts) {
            Matcher since = SINCE.matcher(text);
            while (since.find()) {
                int years = today.getYear() - Integer.parseInt(since.group(1));
                for (int number : new int[] {years / 10, (years + 9) / 10}) {
                    decades.add(Numerals.word("en", number) + " decades");
                    decades.add(Numerals.word("es", number) + " décadas");
                }
            }
        }
        return decades;
    }

    /** Those phrases of a resource that the brief does not contain. */
    private static Lexicon notIn(String brief, String name) {
        List<String> rest = new ArrayList<>();
        for (String phrase : Lexicon.lines(name)) {
            if (Lexicon.of(List.of(phrase)).first(brief).isEmpty()) {
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
                // A code may stand in a paragraph of its own, below what calls it one.
                codesIn(field.words())
                        .forEach(used -> findings.add(DISCOUNT, field.name(), used, "is not a code of the brief"));
                paragraphs
                        .in(mail.draft().language())
                        .in(field.words())
                        .forEach(each -> findings.add(each.code(), field.name(), each.words(), each.detail()));
            }
        }
    }

    private static void each(Pattern pattern, String source, String code, String field, Findings findings) {
        Matcher matcher = pattern.matcher(source);
        while (matcher.find()) {
            findings.add(code, field, matcher.group(), "is whatever somebody is called");
        }
    }

    private List<Statement> stated(String paragraph, String language) {
        Statements stated = new Statements();
        String all = Numerals.inDigits(exempt.in(language).without(paragraph));
        // What the brief says in these very words is not looked at any further, addresses least of all.
        String words = days(withoutWeekdays(quoted.without(withoutAddresses(all))), language, stated);
        terms(all, stated);
        for (Shapes.Found found : shapes.in(delivered.without(words))) {
            if (!(found.kind() == Shapes.Kind.REPLY && replies
                    || found.kind() == Shapes.Kind.SHIPPING && gives(Reward.SHIPPING)
                    || found.kind() == Shapes.Kind.GIFT && gives(Reward.GIFT)
                    || found.kind() == Shapes.Kind.DISCOUNT && isGiven(found.words(), all))) {
                stated.add(found.kind().code, found.words(), found.kind().detail);
            }
        }
        contradicted(words, stated);
        words = percents(said.without(words), stated);
        words = amounts(words, stated);
        prices(all, stated);
        others(all, stated);
        counts(words, stated);
        String text = entitled.without(words);
        for (String claim : claims.in(language).in(text)) {
            if (isGiven(claim, all)) {
                continue;
            }
            stated.add(CLAIM, claim, "is not said in the brief");
        }
        urgency(text, language, stated);
        return stated.all;
    }

    /** How many there are of what the brief counts. */
    private void contradicted(String text, Statements stated) {
        for (String counted : numerals.contradictedIn(text)) {
            stated.add(CLAIM, counted, "the brief says another number");
        }
        Matcher weekly = WEEKLY.matcher(text);
        while (!weekdays.isEmpty() && weekly.find()) {
            if (!weekdays.contains(weekday(weekly))) {
                stated.add(CLAIM, weekly.group(), "the brief says another day");
            }
        }
    }

    /** A day of the week before a day of an offer that is one. */
    private String withoutWeekdays(String text) {
        Set<DayOfWeek> days = new HashSet<>();
        offers.forEach(offer ->
                days.addAll(List.of(offer.from().getDayOfWeek(), offer.until().getDayOfWeek())));
        return WEEKDAY_OF_DATE
                .matcher(text)
                .replaceAll(found -> days.contains(WEEKDAYS.get(found.group(1).toLowerCase(Locale.ROOT)))
                        ? ""
                        : Matcher.quoteReplacement(found.group()));
    }

    private static String withoutAddresses(String text) {
        return text.replaceAll("(?i)https?://\\S+", " ");
    }

    private Set<String> codesIn(String text) {
        Set<String> used = new HashSet<>();
        for (Pattern pattern : List.of(CODE, LIKE_A_CODE)) {
            Matcher matcher = pattern.matcher(withoutAddresses(text));
            while (matcher.find()) {
                String code = matcher.group(matcher.groupCount());
                if (!codes.contains(code)) {
                    used.add(code);
                }
            }
        }
        return used;
    }

    private String days(String text, String language, Statements stated) {
        for (Written day : daysIn(text)) {
            if (!isDay(offers, day.day(), day.month(), day.year())) {
                stated.add(CLAIM, day.words(), "is not a day of an offer in the brief");
            }
        }
        String rest =
                MONTH_FIRST.matcher(DAY_FIRST.matcher(text).replaceAll(" ")).replaceAll(" ");
        if (language.equals("es")) {
            rest = DAY_AND_MONTH
                    .matcher(rest)
                    .replaceAll(found ->
                            isDay(offers, Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2)), null)
                                    ? " "
                                    : found.group());
        }
        Matcher figures = IN_FIGURES.matcher(rest);
        while (figures.find()) {
            stated.add(CLAIM, figures.group(), "is a date in figures, which reads differently in different countries");
        }
        return figures.replaceAll(" ");
    }

    /** A day as it is written, with or without its year. */
    private record Written(int day, int month, @Nullable String year, String words) {}

    private static List<Written> daysIn(String text) {
        List<Written> days = new ArrayList<>();
        DAY_FIRST.matcher(text).results().forEach(found -> days.add(written(found, 1, 2)));
        MONTH_FIRST
                .matcher(DAY_FIRST.matcher(text).replaceAll(" "))
                .results()
                .forEach(found -> days.add(written(found, 2, 1)));
        return days;
    }

    private static Written written(MatchResult found, int day, int month) {
        return new Written(
                Integer.parseInt(found.group(day)),
                MONTHS.getOrDefault(found.group(month).toLowerCase(Locale.ROOT), 0),
                found.group(3),
                found.group());
    }

    /** A sentence that makes offers has the days of these, and applies from their minimum on. */
    private void terms(String text, Statements stated) {
        for (String sentence : SENTENCES.split(text)) {
            List<Offer> made =
                    offers.stream().filter(offer -> makes(sentence, offer)).toList();
            if (!made.isEmpty()) {
                daysIn(sentence).stream()
                        .filter(day -> isDay(offers, day.day(), day.month(), null)
                                && !isDay(made, day.day(), day.month(), null))
                        .forEach(day -> stated.add(CLAIM, day.words(), "is a day of another offer"));
            }
            Matcher any = ANY_ORDER.matcher(sentence);
            if (!made.isEmpty() && made.stream().allMatch(offer -> conceals(sentence, offer.minimum())) && any.find()) {
                stated.add(DISCOUNT, any.group(), "the offer has a minimum");
            }
            for (Offer offer : made) {
                Matcher gives = otherwise.getOrDefault(offer.id(), NOTHING).matcher(sentence);
                if (gives.find()) {
                    stated.add(DISCOUNT, gives.group(), "is what another offer gives");
                }
            }
        }
    }

    /** A code of which something is said that it does not do. */
    private static Pattern shipping(Offer offer) {
        String code = Pattern.quote(String.valueOf(offer.code()));
        return Pattern.compile(code + SHIPS + "|" + WITH_IT + code + IS_SENT, FLAGS);
    }

    /** Whether there is a minimum, and the sentence does not say it. */
    private static boolean conceals(String sentence, Brief.@Nullable Money minimum) {
        return minimum != null
                && Numerals.MONEY
                        .matcher(sentence)
                        .results()
                        .noneMatch(
                                money -> money.group().contains(minimum.amount().toPlainString()));
    }

    private static boolean makes(String sentence, Offer offer) {
        String code = offer.code();
        if (code != null && sentence.contains(code)) {
            return true;
        }
        BigDecimal value = offer.value();
        return switch (offer.reward()) {
            case SHIPPING -> SHIPPED_WORDS.matcher(sentence).find();
            case PERCENT ->
                value != null
                        && Numerals.PERCENT
                                .matcher(sentence)
                                .results()
                                .anyMatch(percent ->
                                        Numerals.value(percent.group(1)).compareTo(value) == 0);
            case AMOUNT, GIFT -> false;
        };
    }

    /** Whether an offer begins or ends on it. */
    private static boolean isDay(List<Offer> offers, int day, int month, @Nullable String year) {
        return offers.stream()
                .flatMap(offer -> Stream.of(offer.from(), offer.until()))
                .anyMatch(date -> date.getDayOfMonth() == day
                        && date.getMonthValue() == month
                        && (year == null || date.getYear() == Integer.parseInt(year)));
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

    private String amounts(String text, Statements stated) {
        Matcher matcher = Numerals.MONEY.matcher(text);
        while (matcher.find()) {
            Numerals.Amount amount = Numerals.Amount.of(matcher);
            boolean forNothing = amount.value().signum() == 0
                    && gives(Reward.SHIPPING)
                    && SHIPPED_WORDS.matcher(around(text, matcher)).find();
            if (!forNothing && !numerals.statesAmount(amount)) {
                boolean reduces = isReduction(text, matcher);
                stated.add(
                        reduces ? DISCOUNT : PRICE,
                        matcher.group().strip(),
                        reduces ? "is not an offer of the brief" : "is not a price of the brief");
            }
        }
        return matcher.replaceAll(" ");
    }

    /** A price in a sentence that names products is that of one of them. */
    private void prices(String text, Statements stated) {
        for (String sentence : SENTENCES.split(text)) {
            List<Product> named = namedIn(sentence);
            Matcher matcher = Numerals.MONEY.matcher(sentence);
            while (!named.isEmpty() && matcher.find()) {
                Numerals.Amount amount = Numerals.Amount.of(matcher);
                if (numerals.isPrice(amount)
                        && named.stream()
                                .noneMatch(product -> product.price() != null
                                        && Numerals.Amount.of(product.price()).anyMatch(amount::equals))) {
                    stated.add(PRICE, matcher.group().strip(), "is the price of another product");
                }
            }
        }
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
            for (Product other : products) {
                long shared = sayings.getOrDefault(other.id(), Set.of()).stream()
                        .filter(words::contains)
                        .count();
                if (other != named.getFirst() && shared >= ENOUGH_WORDS) {
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

    private static Set<String> tellingOf(String text) {
        Set<String> words = wordsOf(text);
        words.removeIf(Wording::isFrequent);
        return words;
    }

    /** Those that a sentence names, by their names or a word of these that no other product's has. */
    private List<Product> namedIn(String sentence) {
        Set<String> words = wordsOf(sentence);
        String text = sentence.toLowerCase(Locale.ROOT);
        return products.stream()
                .filter(product -> !Collections.disjoint(words, ownWords.getOrDefault(product.id(), Set.of()))
                        || product.name().values().stream()
                                .anyMatch(name -> text.contains(name.text().toLowerCase(Locale.ROOT))))
                .toList();
    }

    private Set<String> ownWords(Product product) {
        Set<String> own = wordsOf(product);
        products.stream().filter(other -> other != product).forEach(other -> own.removeAll(wordsOf(other)));
        return own;
    }

    private static Set<String> wordsOf(Product product) {
        return product.name().values().stream()
                .flatMap(name -> wordsOf(name.text()).stream())
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static Set<String> wordsOf(String text) {
        return NAMING.matcher(text)
                .results()
                .map(word -> word.group().toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static String around(String text, Matcher at) {
        return text.substring(Math.max(0, at.start() - WINDOW), Math.min(text.length(), at.end() + WINDOW));
    }

    private static boolean isReduction(String text, Matcher at) {
        return REDUCTION.matcher(around(text, at)).find();
    }

    /** One-digit numbers without a unit are turns of phrase. */
    private void counts(String text, Statements stated) {
        Matcher counted = WITH_UNIT.matcher(text);
        while (counted.find()) {
            if (!numerals.states(Numerals.value(counted.group(1)))) {
                stated.add(CLAIM, counted.group(), "is not said in the brief");
            }
        }
        Matcher bare = Numerals.ANY.matcher(counted.replaceAll(" "));
        while (bare.find()) {
            if (bare.group().length() > 1 && !numerals.mentions(Numerals.value(bare.group()))) {
                stated.add(CLAIM, bare.group(), "is a number that the brief does not have");
            }
        }
    }

    private void urgency(String text, String language, Statements stated) {
        boolean soon = offers.stream().anyMatch(offer -> ChronoUnit.DAYS.between(today, offer.until()) <= SOON_DAYS);
        boolean lastDay = offers.stream().anyMatch(offer -> offer.until().equals(today));
        if (!soon) {
            for (String hurry : urgent.in(language).in(text)) {
                stated.add(CLAIM, hurry, "no offer of the brief ends so soon");
            }
        }
        if (!lastDay) {
            for (String hurry : urgentToday.in(language).in(text)) {
                stated.add(CLAIM, hurry, "no offer of the brief ends so soon");
            }
        }
    }
}
