package winback.content.gate;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import winback.content.brief.Brief.Money;
import winback.content.brief.Brief.Product;
import winback.content.brief.Term;
import winback.content.gate.Numerals.Amount;

/** Amounts that a brief does not say and that follow from it: what several of its products cost, and what an offer leaves of that. */
final class Sums {

    /** Of one product. */
    private static final int MOST = 12;

    private static final Pattern TOGETHER = Pattern.compile(
            "(?<!\\p{L})(?:the (?:pair|set|two|three)|both|together|las dos|los dos|las tres|los tres|amb[oa]s|junt[oa]s|la pareja|el conjunto)(?!\\p{L})",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    private final List<Product> products;
    private final OfferTerms offers;

    Sums(List<Product> products, OfferTerms offers) {
        this.products = products;
        this.offers = offers;
    }

    /**
     * Whether an amount follows.
     *
     * @param named those of the brief's products of which the text speaks; of all where it names none
     * @param text in which so many as are bought are told
     */
    boolean follows(Amount amount, List<Product> named, String text) {
        List<Money> prices = prices(named.isEmpty() ? products : named);
        if (named.isEmpty()) {
            // Where nothing is named, whole euros may be anything's price, but for what is bought together.
            boolean odd = amount.value().scale() > 0 || TOGETHER.matcher(text).find();
            return prices.stream().flatMap(offers::left).anyMatch(amount::equals)
                    || odd && baskets(prices).flatMap(offers::left).anyMatch(amount::equals);
        }
        Stream<Money> several = Numerals.upTo(MOST, withoutNames(named, text))
                .flatMap(number -> prices.stream().map(price -> times(price, number)));
        return Stream.of(several, prices.stream(), sum(prices).stream())
                .flatMap(sums -> sums)
                .flatMap(sum -> Stream.concat(Amount.of(sum), offers.left(sum)))
                .anyMatch(amount::equals);
    }

    private static List<Money> prices(List<Product> products) {
        return products.stream()
                .map(Product::price)
                .filter(price -> price != null)
                .toList();
    }

    /** A teapot for two is not two of them. */
    private static String withoutNames(List<Product> named, String text) {
        List<String> names = named.stream()
                .flatMap(product -> product.name().values().stream())
                .map(Term::text)
                .toList();
        return Lexicon.of(names).without(text);
    }

    /** Some of one product, two of different ones, or one of each. */
    private static Stream<Money> baskets(List<Money> prices) {
        Stream<Money> several = prices.stream()
                .flatMap(price -> IntStream.rangeClosed(2, MOST)
                        .mapToObj(BigDecimal::valueOf)
                        .map(number -> times(price, number)));
        Stream<Money> pairs =
                prices.stream().flatMap(one -> prices.stream().flatMap(other -> sum(List.of(one, other)).stream()));
        return Stream.of(several, pairs, sum(prices).stream()).flatMap(sums -> sums);
    }

    private static Money times(Money price, BigDecimal number) {
        return new Money(price.amount().multiply(number), price.currency());
    }

    /** Of prices in one currency. */
    private static Optional<Money> sum(List<Money> prices) {
        return prices.stream().map(Money::currency).distinct().count() == 1
                ? prices.stream().reduce((one, other) -> new Money(one.amount().add(other.amount()), one.currency()))
                : Optional.empty();
    }
}
