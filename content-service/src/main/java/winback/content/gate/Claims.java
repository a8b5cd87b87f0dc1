package winback.content.gate;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import winback.content.brief.Brief;
import winback.content.brief.Brief.Offer;
import winback.content.brief.Brief.Product;
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
            "(?<!\\p{L})(?:off|discount\\w*|sav(?:e|ing|ings)|less|reduc\\w+|sale|cheaper|descuento\\w*|dto|ahorr\\w+|rebaj\\w+|menos|oferta\\w*|promoci\\w+|offer\\w*|voucher|bono)(?!\\p{L})",
            FLAGS);
    private static final Pattern REDUCTION_IN_WORDS = Pattern.compile(
            "(?<!\\p{L})(?:half[ -](?:price|off)|half the price|mitad de precio|a mitad|two for (?:one|the price)|2[ -]?(?:x|for|por)[ -]?1|3[ -]?(?:x|for|por)[ -]?2|dos por uno|tres por dos|bogo|buy one,? get one|pay (?:only )?for (?:just |only )?(?:one|1|two|2)|pag(?:a|as|ue|ues|an|ando) (?:s[oó]lo )?(?:un[ao]?|1|dos|2)|off (?:every|each)|save (?:big|lots|a lot)|ahorr\\w+ (?:mucho|m[áa]s)|(?:a|one) (?:third|quarter) off|un tercio menos)(?!\\p{L})",
            FLAGS);

    /** Something for nothing; the brief's own gifts have been taken out before, and other rules look at shipping. */
    private static final Pattern FREE_THING = Pattern.compile(
            "(?<![\\p{L}-])(?:a|an|one|your|our|with|get|of|and|includes?) free (?!(?:shipping|delivery|postage|returns?|trials?|gifts?|hands?|moment|minute|hour|time|morning|afternoon|evening|day|weekend|to)(?!\\p{L}))\\p{L}+",
            FLAGS);

    private static final Pattern SCARCE = Pattern.compile(
            "(?<!\\p{L})(?:only|just) (?:\\d+|two|three|four|five|six|seven|eight|nine|ten|a few|a handful) (?:\\p{L}+ ){0,3}?(?:left|remain(?:s|ing)?|available|to go)(?!\\p{L})|(?<!\\p{L})(?:s[oó]lo |solamente )?quedan? (?:s[oó]lo )?(?:\\d+|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|poc[oa]s)(?![\\d\\p{L}])",
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
    private static final String MONTH = "(" + String.join("|", MONTHS.keySet()) + ")";
    private static final Pattern DAY_FIRST = Pattern.compile(
            "(?<!\\d)(\\d{1,2})(?:st|nd|rd|th)?\\s+(?:de\\s+|of\\s+)?" + MONTH
                    + "(?!\\p{L})(?:\\s+(?:de\\s+)?(\\d{4}))?",
            FLAGS);
    private static final Pattern MONTH_FIRST =
            Pattern.compile("(?<!\\p{L})" + MONTH + "\\s+(\\d{1,2})(?:st|nd|rd|th)?(?!\\d)(?:,?\\s+(\\d{4}))?", FLAGS);
    private static final Pattern IN_FIGURES = Pattern.compile(
            "(?<!\\d)(\\d{1,2})[/.-](\\d{1,2})[/.-](\\d{2,4})(?!\\d)|(?<!\\d)(\\d{4})-(\\d{2})-(\\d{2})(?!\\d)");

    private static final Pattern WEEKDAY_LIMIT = Pattern.compile(
            "(?<!\\p{L})(?:until|by|before|ends?(?: on)?|this|hasta|antes del?|acaba|termina)\\s+(?:el |este |next |this )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|lunes|martes|miércoles|jueves|viernes|sábado|domingo|mañana|weekend|fin de semana)(?!\\p{L})",
            FLAGS);

    /** A month in which an offer ends needs its day: days of offers have been taken out before. */
    private static final Pattern MONTH_LIMIT = Pattern.compile(
            "(?<!\\p{L})(?:until|till|through|before|hasta|antes de)\\s+(?:the end of |end of |finales de |fin de )?"
                    + MONTH + "(?!\\p{L})",
            FLAGS);

    private static final String UNIT =
            "(?:[\\s\\u00a0-]*(?:\\+|hours?|horas?|days?|d[íi]as?|weeks?|semanas?|months?|meses|mes|years?|a[ñn]os?|minutes?|minutos?|stars?|estrellas?|customers?|clientes?|people|personas|reviews?|opiniones|shops?|tiendas|countries|pa[íi]ses|times|veces|kg|km|million|millones|m[ií]l|thousand|points?|puntos|left|unidades|pieces|piezas|x)(?!\\p{L}))";
    private static final Pattern WITH_UNIT = Pattern.compile("(?<![\\p{L}\\d])(" + Numerals.NUMBER + ")" + UNIT, FLAGS);

    private static final Pattern SENTENCES = Pattern.compile("(?<=[.!?])\\s+|\\R");

    private final Numerals numerals;
    private final List<Product> products;
    private final List<Offer> offers;
    private final LocalDate today;
    private final Set<String> codes = new HashSet<>();
    private final ByLanguage<Lexicon> claims;
    private final ByLanguage<Lexicon> exempt;
    private final ByLanguage<Lexicon> urgent;
    private final ByLanguage<Lexicon> urgentToday;
    private final Lexicon said;
    private final Lexicon entitled;

    /** @param texts all that the brief says in words */
    Claims(Brief brief, LocalDate today, List<String> texts) {
        this.offers = brief.offersOn(today);
        this.products = brief.products();
        this.today = today;
        this.numerals = new Numerals(brief, offers, texts);
        offers.stream().map(Offer::code).filter(code -> code != null).forEach(codes::add);
        List<String> implied = implied();
        this.entitled = Lexicon.of(implied);
        String all = String.join(" \n ", texts) + " \n " + String.join(" \n ", implied);
        this.claims = ByLanguage.of(language -> notIn(all, "claims." + language + ".txt"));
        this.exempt = ByLanguage.of(language -> Lexicon.read("exempt." + language + ".txt"));
        this.urgent = ByLanguage.of(language -> urgency(language, false));
        this.urgentToday = ByLanguage.of(language -> urgency(language, true));
        this.said = Lexicon.of(Stream.concat(texts.stream(), codes.stream())
                .filter(text -> text.length() >= 3)
                .distinct()
                .toList());
    }

    /** What the offers that run entitle to say. */
    private List<String> implied() {
        List<String> words = new ArrayList<>();
        for (Offer offer : offers) {
            words.addAll(
                    switch (offer.reward()) {
                        case PERCENT, AMOUNT -> List.of("discount", "descuento");
                        case SHIPPING ->
                            List.of(
                                    "free shipping",
                                    "free delivery",
                                    "shipping is on us",
                                    "envío gratis",
                                    "envío gratuito",
                                    "corre de nuestra cuenta",
                                    "gastos de envío");
                        case GIFT -> List.of("free gift", "for free", "gratis", "de regalo");
                    });
        }
        return words;
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
        for (Field field : mail.everything()) {
            if (!field.name().equals(ReadMail.URL)) {
                field(field, mail.draft().language(), findings);
            }
        }
    }

    private void field(Field field, String language, Findings findings) {
        String all = Numerals.inDigits(field.words());
        for (String used : codesIn(all)) {
            findings.add(DISCOUNT, field.name(), used, "is not a code of the brief");
        }
        // What the brief says in these very words is not looked at any further, addresses least of all.
        String words = said.without(withoutAddresses(all));
        Matcher inWords = REDUCTION_IN_WORDS.matcher(words);
        while (inWords.find()) {
            findings.add(DISCOUNT, field.name(), inWords.group(), "is not an offer of the brief");
        }
        Matcher free = FREE_THING.matcher(words);
        while (free.find()) {
            findings.add(DISCOUNT, field.name(), free.group(), "is not an offer of the brief");
        }
        Matcher scarce = SCARCE.matcher(words);
        while (scarce.find()) {
            findings.add(CLAIM, field.name(), scarce.group(), "the brief says nothing of how many there are");
        }
        words = days(words, field, findings);
        words = percents(words, field, findings);
        words = amounts(words, field, findings);
        prices(all, field, findings);
        counts(words, field, findings);
        String text = entitled.without(exempt.in(language).without(words));
        for (String claim : claims.in(language).in(text)) {
            findings.add(CLAIM, field.name(), claim, "is not said in the brief");
        }
        urgency(text, language, field, findings);
        for (Pattern limit : List.of(WEEKDAY_LIMIT, MONTH_LIMIT)) {
            Matcher until = limit.matcher(text);
            while (until.find()) {
                findings.add(CLAIM, field.name(), until.group(), "no offer of the brief ends so");
            }
        }
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

    private String days(String text, Field field, Findings findings) {
        String rest = days(DAY_FIRST, text, field, findings, 1, 2);
        rest = days(MONTH_FIRST, rest, field, findings, 2, 1);
        Matcher figures = IN_FIGURES.matcher(rest);
        while (figures.find()) {
            findings.add(
                    CLAIM,
                    field.name(),
                    figures.group(),
                    "is a date in figures, which reads differently in different countries");
        }
        return figures.replaceAll(" ");
    }

    private String days(Pattern pattern, String text, Field field, Findings findings, int dayGroup, int monthGroup) {
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            int day = Integer.parseInt(matcher.group(dayGroup));
            int month = MONTHS.getOrDefault(matcher.group(monthGroup).toLowerCase(Locale.ROOT), 0);
            String year = matcher.group(3);
            boolean known = offers.stream()
                    .flatMap(offer -> Stream.of(offer.from(), offer.until()))
                    .anyMatch(date -> date.getDayOfMonth() == day
                            && date.getMonthValue() == month
                            && (year == null || date.getYear() == Integer.parseInt(year)));
            if (!known) {
                findings.add(CLAIM, field.name(), matcher.group(), "is not a day of an offer in the brief");
            }
        }
        return matcher.replaceAll(" ");
    }

    private String percents(String text, Field field, Findings findings) {
        Matcher matcher = Numerals.PERCENT.matcher(text);
        while (matcher.find()) {
            BigDecimal percent = Numerals.value(matcher.group(1));
            boolean reduces = isReduction(text, matcher);
            if (!numerals.statesPercent(percent)) {
                findings.add(
                        reduces ? DISCOUNT : CLAIM,
                        field.name(),
                        matcher.group().strip(),
                        reduces ? "is not an offer of the brief" : "is not said in the brief");
            }
        }
        return matcher.replaceAll(" ");
    }

    private String amounts(String text, Field field, Findings findings) {
        Matcher matcher = Numerals.MONEY.matcher(text);
        while (matcher.find()) {
            if (!numerals.statesAmount(Numerals.Amount.of(matcher))) {
                boolean reduces = isReduction(text, matcher);
                findings.add(
                        reduces ? DISCOUNT : PRICE,
                        field.name(),
                        matcher.group().strip(),
                        reduces ? "is not an offer of the brief" : "is not a price of the brief");
            }
        }
        return matcher.replaceAll(" ");
    }

    /** A price in a sentence that names products is that of one of them. */
    private void prices(String text, Field field, Findings findings) {
        for (String sentence : SENTENCES.split(text)) {
            List<Product> named = products.stream()
                    .filter(product -> names(sentence, product))
                    .toList();
            Matcher matcher = Numerals.MONEY.matcher(sentence);
            while (!named.isEmpty() && matcher.find()) {
                Numerals.Amount amount = Numerals.Amount.of(matcher);
                if (numerals.isPrice(amount)
                        && named.stream()
                                .noneMatch(product -> product.price() != null
                                        && Numerals.Amount.of(product.price()).anyMatch(amount::equals))) {
                    findings.add(PRICE, field.name(), matcher.group().strip(), "is the price of another product");
                }
            }
        }
    }

    private static boolean names(String sentence, Product product) {
        String text = sentence.toLowerCase(Locale.ROOT);
        return product.name().values().stream()
                .anyMatch(name -> text.contains(name.text().toLowerCase(Locale.ROOT)));
    }

    private static boolean isReduction(String text, Matcher at) {
        return REDUCTION
                .matcher(text.substring(Math.max(0, at.start() - WINDOW), Math.min(text.length(), at.end() + WINDOW)))
                .find();
    }

    /** One-digit numbers without a unit are turns of phrase. */
    private void counts(String text, Field field, Findings findings) {
        Matcher counted = WITH_UNIT.matcher(text);
        while (counted.find()) {
            if (!numerals.states(Numerals.value(counted.group(1)))) {
                findings.add(CLAIM, field.name(), counted.group(), "is not said in the brief");
            }
        }
        Matcher bare = Numerals.ANY.matcher(counted.replaceAll(" "));
        while (bare.find()) {
            if (bare.group().length() > 1 && !numerals.states(Numerals.value(bare.group()))) {
                findings.add(CLAIM, field.name(), bare.group(), "is a number that the brief does not have");
            }
        }
    }

    private void urgency(String text, String language, Field field, Findings findings) {
        boolean soon = offers.stream().anyMatch(offer -> ChronoUnit.DAYS.between(today, offer.until()) <= SOON_DAYS);
        boolean lastDay = offers.stream().anyMatch(offer -> offer.until().equals(today));
        if (!soon) {
            for (String hurry : urgent.in(language).in(text)) {
                findings.add(CLAIM, field.name(), hurry, "no offer of the brief ends so soon");
            }
        }
        if (!lastDay) {
            for (String hurry : urgentToday.in(language).in(text)) {
                findings.add(CLAIM, field.name(), hurry, "no offer of the brief ends so soon");
            }
        }
    }
}
