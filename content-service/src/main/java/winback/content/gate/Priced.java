package winback.content.gate;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** How a sentence puts an amount that is a term of an offer of the brief: as this, or as what something costs. */
final class Priced {

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    /** Directly before what something costs. */
    private static final Pattern COSTS = Pattern.compile(
            "(?<!\\p{L})(?:costs?|costing|priced|(?:price|cost)(?: is| of)|(?:sells?|goes|yours|go|sold|have (?:it|them)) (?:at|for)|pay|(?:now|today)(?: at| for)?|(?:down|reduced|dropped|cut) to|for (?:only|just)|at (?:only|just)|(?:from|de|desde|was|were) "
                    + "(?:" + Numerals.MONEY.pattern() + "),? (?:to|a|now|ahora)"
                    + "|cuestan?|costar\\p{L}*|valen?|valía|salen? (?:a|por)|baja(?:n|do|dos|da|das)?(?: de precio)? a|(?:por|a) (?:tan )?s[óo]lo|ahora(?: a| por)?|hoy (?:a|por)|rebajad\\p{L}+ a|precio(?: es)?(?: de)?|pag\\p{L}+)"
                    + "(?: (?:at|only|just|about|under|over|around|exactly|you|tan|s[óo]lo|unos|menos|más|de|por))*\\s+$",
            FLAGS);

    /** Directly behind what has to be reached. */
    private static final Pattern OR_MORE = Pattern.compile(
            "^\\s*,?\\s*(?:or (?:more|over|above)|and (?:up|over|above|more)|upwards|minimum|o más|en adelante|como mínimo|de (?:pedido|compra|mínimo))(?!\\p{L})",
            FLAGS);

    /** Of what is bought as a whole. */
    private static final Pattern ORDERS = Pattern.compile(
            "(?<!\\p{L})(?:orders?|purchases?|baskets?|carts?|spen[dt]\\p{L}*|minimum|threshold|total|bill|pedidos?|compr\\p{L}+|cestas?|carritos?|gast\\p{L}+|mínim\\p{L}+|importe)(?!\\p{L})",
            FLAGS);

    /** Directly before what has to be reached, whatever is bought. */
    private static final Pattern REACHES = Pattern.compile(
            "(?<!\\p{L})(?:past|reach\\p{L}*|beyond|above|over|more than|exceeds?|get(?:s|ting)? (?:you )?to|at least|supera\\p{L}*|pas\\p{L}+ de|lleg\\p{L}+ a|más de|por encima de|al menos)(?: (?:the|those|los|las|esos))?\\s+$",
            FLAGS);

    /** Of what an offer gives, in a sentence that names nothing that is sold. */
    private static final Pattern GIVES = Pattern.compile(
            "%|(?<!\\p{L})(?:codes?|códigos?|offers?|ofertas?|free|gratis|gratuit\\p{L}+|ship\\p{L}*|deliver\\p{L}+|postage|envíos?|gifts?|regal\\p{L}+|discounts?|descuentos?|off)(?!\\p{L})|(?-i:(?<!\\p{L})\\p{Lu}{3,}\\d+)",
            FLAGS);

    /** Directly before a minimum where an offer is spoken of, or else before the least of several prices. */
    private static final Pattern FROM = Pattern.compile("(?<!\\p{L})(?:from|a partir de|desde)\\s+$", FLAGS);

    private Priced() {}

    /**
     * Whether it is put as a price.
     *
     * @param sentence with its numbers in digits
     * @param money in the sentence
     * @param isTakenOff whether an offer of the brief takes so much off
     * @param ofProduct whether the sentence names a product
     */
    static boolean asPrice(String sentence, MatchResult money, boolean isTakenOff, boolean ofProduct) {
        String before = sentence.substring(0, money.start());
        if (OR_MORE.matcher(sentence.substring(money.end())).find()) {
            return false;
        }
        if (COSTS.matcher(before).find()) {
            return true;
        }
        return !ORDERS.matcher(sentence).find()
                && !REACHES.matcher(before).find()
                && !(isTakenOff && Claims.isReduction(sentence, money))
                && (ofProduct
                        ? !(FROM.matcher(before).find()
                                && GIVES.matcher(sentence).find())
                        : !FROM.matcher(before).find()
                                && !GIVES.matcher(sentence).find());
    }
}
