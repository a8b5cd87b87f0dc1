package winback.content.gate;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import winback.content.brief.Brief.Money;
import winback.content.brief.Brief.Product;
import winback.content.brief.Term;
import winback.content.gate.Numerals.Amount;

/**
 * Amounts that a brief does not say and that follow from it: what several of its products cost, what an offer leaves of
 * that, and what one piece costs of a box of so many.
 */
final class Sums {

    /** Of one product. */
    private static final int MOST = 12;

    /** Pieces of one product. */
    private static final int MOST_PIECES = 100;

    private static final Pattern TOGETHER = Pattern.compile(
            "(?<!\\p{L})(?:the (?:pair|set|two|three)|both|together|las dos|los dos|las tres|los tres|amb[oa]s|junt[oa]s|la pareja|el conjunto)(?!\\p{L})",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    /** What is bought at once. */
    private record Basket(List<Product> of, Money cost) {}

    private final List<Product> products;
    private final OfferTerms offers;

    Sums(List<Product> products, OfferTerms offers) {
        this.products =
                products.stream().filter(product -> product.price() != null).toList();
        this.offers = offers;
    }

    /**
     * Whether an amount follows.
     *
     * @param named those of the brief's products of which the text speaks; of all where it names none
     * @param text in which so many as are bought are told
     */
    boolean follows(Amount amount, List<Product> named, String text) {
        if (!named.isEmpty()) {
            List<Product> priced = products.stream().filter(named::contains).toList();
            Stream<Basket> several = Numerals.upTo(MOST, withoutNames(named, text))
                    .flatMap(number -> priced.stream().map(product -> times(product, number)));
            return Stream.of(several, priced.stream().map(Sums::one), pairs(priced), all(priced))
                            .flatMap(baskets -> baskets)
                            .anyMatch(basket -> costs(basket, amount) || leaves(basket, amount))
                    || priced.stream().anyMatch(product -> isPiece(product, amount));
        }
        // Where nothing is named, whole euros may be anything's price, but for what is bought together or less an
        // offer.
        boolean odd = amount.value().scale() > 0 || TOGETHER.matcher(text).find();
        Set<Amount> told = told(text);
        told.remove(amount);
        boolean several = Numerals.upTo(MOST, text)
                .flatMap(number -> products.stream()
                        .filter(product -> Amount.of(price(product)).anyMatch(told::contains))
                        .map(product -> times(product, number)))
                .anyMatch(basket -> costs(basket, amount) || leaves(basket, amount));
        return several
                || products.stream().map(Sums::one).anyMatch(basket -> leaves(basket, amount))
                || baskets(products)
                        .filter(basket ->
                                odd || offers.left(basket.cost(), basket.of()).anyMatch(told::contains))
                        .anyMatch(basket -> costs(basket, amount) || odd && leaves(basket, amount))
                || products.stream().anyMatch(product -> isPiece(product, amount));
    }

    /** The same of a number without a currency, beside prices that have one. */
    boolean follows(BigDecimal number, List<Product> named, String text) {
        return Numerals.MONEY.matcher(text).find()
                && products.stream()
                        .map(product -> price(product).currency())
                        .distinct()
                        .flatMap(currency -> Amount.of(number, currency))
                        .anyMatch(amount -> follows(amount, named, text));
    }

    /** Whether so many of a product cost what the text tells beside: three bags, of forty teabags each, come to €36. */
    boolean tellPriceOf(String counted, String text) {
        Set<Amount> told = told(text);
        return Numerals.upTo(MOST, counted)
                .flatMap(number -> products.stream().map(product -> times(product, number)))
                .flatMap(basket -> Amount.of(basket.cost()))
                .anyMatch(told::contains);
    }

    private static Set<Amount> told(String text) {
        return Numerals.MONEY.matcher(text).results().map(Amount::of).collect(Collectors.toSet());
    }

    private static boolean costs(Basket basket, Amount amount) {
        return Amount.of(basket.cost()).anyMatch(amount::equals);
    }

    private boolean leaves(Basket basket, Amount amount) {
        return offers.left(basket.cost(), basket.of()).anyMatch(amount::equals);
    }

    /** Whether it is what one costs of as many as the brief says that there are in one. */
    private static boolean isPiece(Product product, Amount amount) {
        Money price = price(product);
        return amount.value().scale() > 0
                && product.text().values().stream()
                        .flatMap(text -> Numerals.upTo(MOST_PIECES, text))
                        .map(pieces -> price.amount().divide(pieces, 2, RoundingMode.HALF_UP))
                        .flatMap(piece -> Amount.of(piece, price.currency()))
                        .anyMatch(amount::equals);
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
    private static Stream<Basket> baskets(List<Product> products) {
        Stream<Basket> several = products.stream()
                .flatMap(product -> IntStream.rangeClosed(2, MOST)
                        .mapToObj(BigDecimal::valueOf)
                        .map(number -> times(product, number)));
        return Stream.of(several, pairs(products), all(products)).flatMap(baskets -> baskets);
    }

    private static Stream<Basket> pairs(List<Product> products) {
        return products.stream()
                .flatMap(one ->
                        products.stream().filter(other -> other != one).flatMap(other -> all(List.of(one, other))));
    }

    private static Basket one(Product product) {
        return times(product, BigDecimal.ONE);
    }

    private static Basket times(Product product, BigDecimal number) {
        Money price = price(product);
        return new Basket(List.of(product), new Money(price.amount().multiply(number), price.currency()));
    }

    /** Where their prices are in one currency. */
    private static Stream<Basket> all(List<Product> products) {
        List<Money> prices = products.stream().map(Sums::price).toList();
        return prices.stream().map(Money::currency).distinct().count() == 1
                ? prices.stream()
                        .reduce((one, other) -> new Money(one.amount().add(other.amount()), one.currency()))
                        .map(sum -> new Basket(products, sum))
                        .stream()
                : Stream.empty();
    }

    private static Money price(Product product) {
        return Objects.requireNonNull(product.price(), product.id());
    }
}
