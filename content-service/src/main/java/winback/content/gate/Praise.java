package winback.content.gate;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import winback.content.brief.Brief;
import winback.content.gate.Claims.Statements;

/** That something of the brand's is the best, which no brief can know; the best of families, weeks and excuses may be spoken of. */
final class Praise {

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    private static final Pattern BEST = Pattern.compile(
            "(?<!\\p{L})(?:the best|(?:el|la|los|las) mejor(?:es)?)(?!\\p{L})(?<what>(?:[\\s-]+\\p{L}+){0,4})", FLAGS);

    /** Of all there are. */
    private static final Pattern OF_ALL = Pattern.compile(
            "^\\s*(?:in|of|on|from|del?|en) (?:all |the |tod[oa] |la |el )?(?:world|country|market|town|city|region|business|year|season|mundo|país|mercado|ciudad|región|año|temporada|(?-iu:\\p{Lu})\\p{L}+)"
                    + "|\\s(?:in|en|of|de) (?:(?:the|el|la) )?(?:world|country|market|mundo|país|mercado|(?-iu:\\p{Lu})\\p{L}+)"
                    + "|^\\s*(?:there (?:is|are)|available|around|ever|anywhere|money|you(?:'ll| will|'ve| have)?(?: ever)? (?:find|get|had|seen|tried|buy|tasted)|que (?:hay|existen?|encontrar|vas|puedes|has|hemos))(?!\\p{L})",
            FLAGS);

    private static final Pattern WE_ARE = Pattern.compile(
            "(?<!\\p{L})(?:we|we're|we've|ours|our \\p{L}+|simply|somos|hacemos|tenemos|ofrecemos|vendemos|nuestr[oa]s?(?: \\p{L}+)?|simplemente)(?: (?:are|is|make|have|offer|sell|do|bake|grow|only|still|son|es|the|simplemente))*\\s+$",
            FLAGS);

    private static final Pattern IT_IS = Pattern.compile(
            "(?<!\\p{L})(?:it's|it is|they're|(?:is|are|son|es)(?: simply| just| simplemente)?)\\s+$", FLAGS);

    private static final Pattern OURS = Pattern.compile(
            "(?<!\\p{L})(?:we|our|ours|us|nuestr[oa]s?|nosotros|it's|they're|this|these|est[eao]s?)(?!\\p{L})", FLAGS);

    /** With which something else begins than what is the best. */
    private static final Pattern WHAT_FOR = Pattern.compile(
            "[\\s-](?:of|for|with|to|in|on|at|that|you|when|is|are|and|de|del|para|con|en|que|es|son|y)(?!\\p{L}).*",
            FLAGS);

    /** What every brand has, whatever its brief calls what it sells. */
    private static final Set<String> ALWAYS_GOODS = Stream.of(
                    ("quality price prices value service shop store workshop team deal deals product products brand school hotel"
                                    + " selection range offer offers calidad precio precios servicio tienda taller equipo producto productos"
                                    + " marca escuela selección gama oferta ofertas")
                            .split(" ", -1))
            .map(OfferTerms::root)
            .collect(Collectors.toUnmodifiableSet());

    /** Roots of what the brand sells. */
    private final Set<String> goods;

    Praise(Brief brief) {
        this.goods = Stream.concat(ALWAYS_GOODS.stream(), Wording.namesOf(brief).flatMap(Praise::roots))
                .collect(Collectors.toUnmodifiableSet());
    }

    void look(String text, Statements statements) {
        Matcher best = BEST.matcher(text);
        while (best.find()) {
            String what = best.group("what");
            String before = text.substring(0, best.start());
            if (isOfGoods(WHAT_FOR.matcher(what).replaceFirst(""))
                    || OF_ALL.matcher(what).find()
                    || WE_ARE.matcher(before).find()
                    || IT_IS.matcher(before).find() && isOurs(before)) {
                String praise = best.group().substring(0, best.group().length() - what.length());
                statements.add(Claims.CLAIM, praise, "is not said in the brief");
            }
        }
    }

    private boolean isOurs(String before) {
        String sentence = Claims.sentences(before).reduce("", (one, next) -> next);
        return OURS.matcher(sentence).find() || isOfGoods(sentence);
    }

    private boolean isOfGoods(String words) {
        return roots(words).anyMatch(goods::contains);
    }

    private static Stream<String> roots(String words) {
        return Claims.tellingOf(words).stream().map(OfferTerms::root);
    }
}
