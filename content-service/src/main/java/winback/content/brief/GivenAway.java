package winback.content.brief;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import winback.content.brief.Brief.Offer;
import winback.content.brief.Brief.Reward;

/**
 * Money off, where it stands in a text. What is given away is an offer, which has an end and is held against each mail; as a
 * fact it would be true for ever. Shipping, repairs and the like may be free for everybody, so they are left alone.
 */
final class GivenAway {

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    private static final String NUMBER = "(?<![\\d.,])(\\d{1,5}(?:[.,]\\d{1,2})?)";
    static final String MONEY = "(?:(?:€|£|\\$|EUR|USD|GBP) ?" + NUMBER + "|" + NUMBER
            + "[ \\u00a0\\u202f-]?(?:€|£|\\$|EUR|USD|GBP|euros?|dollars?|pounds?|dólares|libras|pesos)(?!\\p{L}))";
    private static final String PERCENT = NUMBER + "[ \\u00a0\\u202f]?(?:%|per ?cent|por ciento)";

    /** Also of weight or time: "20% off the weight" gives no money away. */
    private static final String OFF =
            "[ \\u00a0](?:off(?! (?:the|its|their) (?!prices?|list|regular|whole|entire))|discount|reduction|de (?:descuento|rebaja|dto)|menos en (?:tu|su|el|la) (?:compra|pedido|precio))(?!\\p{L})";

    private static final String ON_ORDERS =
            " (?:on|off|en) (?:everything|all|any|your (?:\\p{L}+ )?(?:order|purchase)|todo|(?:tu|su) (?:\\p{L}+ )?(?:pedido|compra))";

    private static final Pattern PERCENTAGE = Pattern.compile(
            PERCENT + OFF
                    + "|(?:discounts?|reductions?|descuentos?|rebajas?) (?:of|del?)(?: un| hasta un)? " + PERCENT
                    + "|(?:save|ahorra|ahorre)(?: un)? " + PERCENT + ON_ORDERS,
            FLAGS);
    private static final Pattern AMOUNT = Pattern.compile(
            MONEY + OFF
                    + "|(?:discounts?|reductions?|descuentos?|rebajas?) (?:of|de) " + MONEY
                    + "|(?:save|ahorra|ahorre) " + MONEY + ON_ORDERS,
            FLAGS);
    private static final Pattern HALF = Pattern.compile(
            "(?<!\\p{L})(?:half[ -]price|half off|half the price|(?:a )?mitad de(?:l)? precio)(?!\\p{L})", FLAGS);

    private GivenAway() {}

    /** As it is written, unless an offer gives the same. */
    static Optional<String> in(String text, Brief brief) {
        return found(PERCENTAGE.matcher(text), Reward.PERCENT, brief)
                .or(() -> found(AMOUNT.matcher(text), Reward.AMOUNT, brief))
                .or(() -> Optional.of(HALF.matcher(text))
                        .filter(Matcher::find)
                        .filter(half -> !gives(brief, Reward.PERCENT, BigDecimal.valueOf(50)))
                        .map(Matcher::group));
    }

    private static Optional<String> found(Matcher matcher, Reward reward, Brief brief) {
        while (matcher.find()) {
            for (int group = 1; group <= matcher.groupCount(); group++) {
                String number = matcher.group(group);
                if (number != null && !gives(brief, reward, new BigDecimal(number.replace(',', '.')))) {
                    return Optional.of(matcher.group());
                }
            }
        }
        return Optional.empty();
    }

    private static boolean gives(Brief brief, Reward reward, BigDecimal value) {
        return brief.offers().stream()
                .filter(offer -> offer.reward() == reward)
                .map(Offer::value)
                .anyMatch(given -> given != null && given.compareTo(value) == 0);
    }
}
