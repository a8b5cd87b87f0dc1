package winback.content.brief;

import java.math.BigDecimal;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import winback.chassis.problems.Problem.Fault;
import winback.content.NumberWords;
import winback.content.brief.Brief.Offer;
import winback.content.brief.Brief.Reward;

/**
 * What texts say of an offer, which they name by its code, otherwise than the offer itself: another minimum, another amount
 * off, another last day, or a code that none has.
 */
final class OffersRetold {

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    private static final String MONEY = GivenAway.MONEY;

    /** Of an order: "orders of €50", "€50 or more", "from €50 on". None is what an order may be at most. */
    private static final Pattern MINIMUM = Pattern.compile(
            "(?<!\\p{L})(?:orders?|purchases?|baskets?|spend|spending|pedidos?|compras?|cestas?|gast\\p{L}+)(?: (?!up|hasta|than|off)\\p{L}+){0,3}? "
                    + MONEY + "(?![^.;,]{0,3}(?:off|discount|de descuento))"
                    + "|" + MONEY
                    + " (?:or more|and up|and above|and over|minimum|o más|en adelante|como mínimo|de mínimo)"
                    + "|(?<!\\p{L})(?:minimum|mínim[oa]|over|above|at least|starting at|desde|a partir de|más de|superior(?:es)? a)(?: (?:of|is|de|es|order|spend))* "
                    + MONEY,
            FLAGS);

    private static final Pattern SAVED = Pattern.compile(
            "(?<!\\p{L})(?:saves?|takes?|gives? you|get|ahorr\\p{L}+|quita|resta|descuenta|llev\\p{L}+)(?: (?:you|up|te|le|un|una))? "
                    + MONEY + "|" + MONEY + " (?:off|less|discount|de descuento|menos)",
            FLAGS);

    private static final Pattern ANY_MONEY = Pattern.compile(MONEY, FLAGS);

    private static final Pattern IN_WORDS = Pattern.compile(
            "(?<![\\p{L}\\d-])" + NumberWords.PATTERN
                    + "(?= (?:euros?|dollars?|pounds?|dólares|libras|pesos)(?!\\p{L}))",
            FLAGS);

    private static final Map<String, Month> MONTHS = months();

    private static final String MONTH = "(" + String.join("|", MONTHS.keySet()) + ")";

    private static final Pattern UNTIL = Pattern.compile(
            "(?<!\\p{L})(?:until|till|by|before|through|to|ends? on|hasta|antes de|termina|acaba)(?: the| el| del| (?:end of|final(?:es)? de))? (?:"
                    + MONTH + " (\\d{1,2})|(\\d{1,2})(?:st|nd|rd|th)?(?: of| de)? " + MONTH + ")(?![\\p{L}\\d])",
            FLAGS);

    /** In capitals, as codes are written; where nothing calls it so, of letters and a number. */
    private static final Pattern CODE = Pattern.compile(
            "(?<!\\p{L})(?:"
                    + "(?iu:codes?|coupons?|vouchers?|códigos?|cup[oó]n(?:es)?)(?: (?:is|es|de descuento))? [\"“«'‘]?(\\p{Lu}[\\p{Lu}\\d]{3,})"
                    + "|(?iu:use|enter|type|with|usa|usad|escribe|escriba|introduce|introduzca|con) [\"“«'‘]?(\\p{Lu}{4,}\\d{1,3}))(?![\\p{L}\\d])");

    private OffersRetold() {}

    /** The first fault of a text; none where it says the same as the offers of its codes, or nothing of them. */
    static Optional<Fault> in(String field, String text, Brief brief) {
        for (String sentence : Contradictions.SENTENCES.split(text)) {
            Optional<Fault> fault = unknownCode(field, sentence, brief)
                    .or(() -> IntStream.range(0, brief.offers().size())
                            .filter(i -> isNamed(brief.offers().get(i), sentence))
                            .mapToObj(i -> differing(sentence, brief.offers().get(i))
                                    .map(said -> new Fault(
                                            field,
                                            "contradiction",
                                            "says " + said + ", where offers[" + i + "] does not")))
                            .flatMap(Optional::stream)
                            .findFirst());
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    /** What an offer's own terms say of it otherwise than its fields. */
    static Optional<Fault> inTerms(String field, String terms, Offer offer) {
        return differing(terms, offer)
                .map(said -> new Fault(field, "contradiction", "says " + said + ", where the offer's fields do not"));
    }

    private static Optional<Fault> unknownCode(String field, String sentence, Brief brief) {
        return CODE.matcher(sentence)
                .results()
                .map(code -> code.group(1) == null ? code.group(2) : code.group(1))
                .filter(code -> brief.offers().stream().noneMatch(offer -> code.equals(offer.code())))
                .findFirst()
                .map(code -> new Fault(field, "contradiction", "names the code " + code + ", which no offer has"));
    }

    private static boolean isNamed(Offer offer, String sentence) {
        return offer.code() != null
                && Pattern.compile("(?<![\\p{L}\\d])" + Pattern.quote(offer.code()) + "(?![\\p{L}\\d])", FLAGS)
                        .matcher(sentence)
                        .find();
    }

    /** As it is written. */
    private static Optional<String> differing(String written, Offer offer) {
        String sentence =
                IN_WORDS.matcher(written).replaceAll(words -> String.valueOf(NumberWords.value(words.group())));
        Stream<MatchResult> minimums =
                MINIMUM.matcher(sentence).results().filter(said -> !isMinimum(amount(said), offer));
        Stream<MatchResult> savings =
                SAVED.matcher(sentence).results().filter(said -> !isSaved(amount(said), offer, sentence));
        Stream<MatchResult> days = UNTIL.matcher(sentence).results().filter(said -> !isLast(said, offer));
        return Stream.of(minimums, savings, days)
                .flatMap(each -> each)
                .map(said -> "\"" + said.group().strip() + "\"")
                .findFirst();
    }

    private static boolean isMinimum(BigDecimal amount, Offer offer) {
        return offer.minimum() != null && offer.minimum().amount().compareTo(amount) == 0;
    }

    /** A percentage of an order that the sentence names may be told as an amount. */
    private static boolean isSaved(BigDecimal amount, Offer offer, String sentence) {
        BigDecimal value = offer.value();
        if (value == null) {
            return true;
        }
        return offer.reward() == Reward.PERCENT
                ? ANY_MONEY
                        .matcher(sentence)
                        .results()
                        .anyMatch(order ->
                                amount(order).multiply(value).movePointLeft(2).compareTo(amount) == 0)
                : value.compareTo(amount) == 0;
    }

    private static boolean isLast(MatchResult day, Offer offer) {
        String month = day.group(1) == null ? day.group(4) : day.group(1);
        int ofMonth = Integer.parseInt(day.group(2) == null ? day.group(3) : day.group(2));
        Month named = Objects.requireNonNull(MONTHS.get(month.toLowerCase(Locale.ROOT)));
        return offer.until().getMonth() == named && offer.until().getDayOfMonth() == ofMonth;
    }

    private static BigDecimal amount(MatchResult money) {
        return IntStream.rangeClosed(1, money.groupCount())
                .mapToObj(money::group)
                .filter(Objects::nonNull)
                .map(number -> new BigDecimal(number.replace(',', '.')))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Month> months() {
        Map<String, Month> months = new HashMap<>();
        for (Month month : Month.values()) {
            months.put(month.getDisplayName(TextStyle.FULL, Locale.ENGLISH).toLowerCase(Locale.ROOT), month);
            months.put(month.getDisplayName(TextStyle.FULL, Locale.forLanguageTag("es")), month);
        }
        return Map.copyOf(months);
    }
}
