package winback.content.composer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import winback.content.brief.Brief;
import winback.content.brief.Brief.Fact;
import winback.content.brief.Brief.Kind;
import winback.content.brief.Brief.Offer;
import winback.content.brief.Brief.Product;
import winback.content.brief.Term;

/** What one mail speaks of; null is what it does not. */
record Filling(
        @Nullable Fact news,
        @Nullable Fact service,
        @Nullable Fact proof,
        @Nullable Product product,
        @Nullable Product product2,
        @Nullable Map<String, Term> category,
        @Nullable Map<String, Term> category2,
        @Nullable Offer offer) {

    static final Filling NOTHING = new Filling(null, null, null, null, null, null, null, null);

    private static final Set<String> OF_OFFERS = Set.of("offer", "until", "code", "minimum");

    /**
     * Every way to fill those slots.
     *
     * @param offers that run
     */
    static List<Filling> all(Brief brief, List<Offer> offers, Set<String> slots) {
        Stream<Filling> all = Stream.of(NOTHING);
        if (slots.contains("news")) {
            all = all.flatMap(filling -> brief.facts(Kind.NEWS).stream().map(filling::withNews));
        }
        if (slots.contains("service") || slots.contains("service_fact")) {
            all = all.flatMap(filling -> brief.facts(Kind.SERVICE).stream().map(filling::withService));
        }
        if (slots.contains("proof")) {
            all = all.flatMap(filling -> brief.facts(Kind.PROOF).stream().map(filling::withProof));
        }
        if (slots.contains("product")) {
            all = all.flatMap(filling ->
                            pairs(brief.products()).map(pair -> filling.withProducts(pair.get(0), pair.get(1))))
                    .filter(filling -> !slots.contains("product2") || filling.product() != filling.product2());
        }
        if (slots.contains("category")) {
            all = all.flatMap(filling ->
                            pairs(brief.categories()).map(pair -> filling.withCategories(pair.get(0), pair.get(1))))
                    .filter(filling -> !slots.contains("category2") || filling.category() != filling.category2());
        }
        if (slots.stream().anyMatch(OF_OFFERS::contains)) {
            all = all.flatMap(filling -> offers.stream().map(filling::withOffer));
        }
        return all.toList();
    }

    /** Each with the one after it, round about. */
    private static <T> Stream<List<T>> pairs(List<T> of) {
        List<List<T>> pairs = new ArrayList<>();
        for (int i = 0; i < of.size(); i++) {
            pairs.add(List.of(of.get(i), of.get((i + 1) % of.size())));
        }
        return pairs.stream();
    }

    /** What is missing is taken from the brief, by turns. An offer is not: a mail makes one or does not. */
    Filling completed(Brief brief, int turn) {
        Filling filling = this;
        filling = filling.news == null ? filling.withNews(at(brief.facts(Kind.NEWS), turn)) : filling;
        filling = filling.service == null ? filling.withService(at(brief.facts(Kind.SERVICE), turn)) : filling;
        filling = filling.proof == null ? filling.withProof(at(brief.facts(Kind.PROOF), turn)) : filling;
        filling = filling.product == null
                ? filling.withProducts(at(brief.products(), turn), at(brief.products(), turn + 1))
                : filling;
        return filling.category == null
                ? filling.withCategories(at(brief.categories(), turn), at(brief.categories(), turn + 1))
                : filling;
    }

    /** Where the subject names a product or a category, the mail speaks of nothing beside it. */
    Filling keepingTo(Set<String> promised) {
        if (promised.contains("product")) {
            return withNews(null).withCategories(null, null);
        }
        return promised.contains("category") ? withNews(null).withProducts(null, null) : this;
    }

    private static <T> @Nullable T at(List<T> of, int turn) {
        return of.isEmpty() ? null : of.get(Math.floorMod(turn, of.size()));
    }

    Filling withNews(@Nullable Fact fact) {
        return new Filling(fact, service, proof, product, product2, category, category2, offer);
    }

    Filling withService(@Nullable Fact fact) {
        return new Filling(news, fact, proof, product, product2, category, category2, offer);
    }

    Filling withProof(@Nullable Fact fact) {
        return new Filling(news, service, fact, product, product2, category, category2, offer);
    }

    Filling withProducts(@Nullable Product one, @Nullable Product other) {
        return new Filling(news, service, proof, one, other, category, category2, offer);
    }

    Filling withCategories(@Nullable Map<String, Term> one, @Nullable Map<String, Term> other) {
        return new Filling(news, service, proof, product, product2, one, other, offer);
    }

    Filling withOffer(@Nullable Offer made) {
        return new Filling(news, service, proof, product, product2, category, category2, made);
    }
}
