package winback.profile.features;

import static winback.profile.features.Declarations.D365;
import static winback.profile.features.Declarations.D90;
import static winback.profile.features.Declarations.NO_ORDER;
import static winback.profile.features.Declarations.number;
import static winback.profile.features.Declarations.ratio;
import static winback.profile.features.Declarations.text;
import static winback.profile.features.Declarations.trait;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * How the person is minded: by what was declared, and by what their behaviour shows. The formula of each of the latter is
 * its definition.
 */
final class Psychographics {

    private static final List<List<String>> TIERS = List.of(
            List.of("none", "basic", "member", "free"),
            List.of("bronze", "classic"),
            List.of("silver", "plus"),
            List.of("gold", "premium"),
            List.of("platinum", "diamond", "vip", "elite", "black"));

    private Psychographics() {}

    static void declare(Declarations d) {
        d.group(Feature.Group.PSYCHOGRAPHICS);
        declared(d);
        price(d);
        variety(d);
        impulse(d);
        loyalty(d);
        social(d);
    }

    private static void declared(Declarations d) {
        // The five factors: R. McCrae, O. John, An introduction to the five-factor model, J. of Personality 60, 1992.
        d.scale("openness", "one of the five factors of personality", "openness");
        d.scale("conscientiousness", "likewise", "conscientiousness");
        d.scale("extraversion", "likewise", "extraversion");
        d.scale("agreeableness", "likewise", "agreeableness");
        d.scale("neuroticism", "likewise", "neuroticism");
        d.scale("declared_price_sensitivity", "from a questionnaire", "priceSensitivity", "price_sensitivity");
        d.scale("declared_risk_tolerance", "from a questionnaire", "riskTolerance", "risk_tolerance");
        d.scale("declared_novelty_seeking", "from a questionnaire", "noveltySeeking", "novelty_seeking");
        d.scale("declared_sustainability", "from a questionnaire", "sustainability", "environmentalConcern");
        d.scale("declared_tech_affinity", "from a questionnaire", "techAffinity", "techSavviness", "tech_affinity");
        d.declared("nps", "points", 0, 10, "nps", "npsScore", "nps_score");
        d.scale("satisfaction", "from a questionnaire", "satisfaction", "csat");
        d.add(
                "loyalty_tier",
                "rank",
                "0 to 4",
                "not declared, or not understood",
                "the trait loyaltyTier or plan: basic 0, bronze 1, silver 2, gold 3, platinum 4",
                (s, t) -> {
                    String tier = text(s, "loyaltyTier", "loyalty_tier", "tier", "plan");
                    for (int rank = TIERS.size() - 1; rank >= 0 && !tier.isEmpty(); rank--) {
                        if (TIERS.get(rank).stream().anyMatch(tier::contains)) {
                            return rank;
                        }
                    }
                    return Double.NaN;
                });
        d.add(
                "loyalty_points",
                "log10 of points + 1",
                "0 to 10",
                "not declared, or negative",
                "log10 of 1 + the trait loyaltyPoints",
                (s, t) -> Declarations.within(Math.log10(1 + number(s, "loyaltyPoints", "loyalty_points")), 0, 10));
        d.add(
                "interests",
                "count",
                ">= 0",
                "no list of interests declared",
                "how many entries the trait interests has",
                (s, t) -> trait(s, "interests") instanceof Collection<?> list ? list.size() : Double.NaN);
        interest(d, "fashion", "fashion", "clothes", "clothing", "moda", "style");
        interest(d, "home", "home", "garden", "interior", "hogar", "diy");
        interest(d, "sports", "sport", "fitness", "outdoor", "deporte", "running");
        interest(d, "technology", "tech", "electronic", "gaming", "tecnolog", "gadget");
        interest(d, "culture", "book", "music", "film", "art", "libro", "música");
        interest(d, "food", "food", "cook", "wine", "comida", "cocina");
    }

    private static void interest(Declarations d, String name, String... words) {
        d.add(
                "interest_" + name,
                "0 or 1",
                "0 or 1",
                "no list of interests declared",
                "1 when an entry of the trait interests contains " + String.join(", ", words),
                (s, t) -> {
                    if (!(trait(s, "interests") instanceof Collection<?> list)) {
                        return Double.NaN;
                    }
                    for (Object entry : list) {
                        String lower = String.valueOf(entry).toLowerCase(Locale.ROOT);
                        for (String word : words) {
                            if (lower.contains(word)) {
                                return 1;
                            }
                        }
                    }
                    return 0;
                });
    }

    private static void price(Declarations d) {
        d.share(
                "discount_share",
                NO_ORDER,
                "price sensitivity: orders with a coupon or discount ÷ orders",
                (s, t) -> ratio(s.discountedOrders, s.orders));
        d.share(
                "discount_depth_mean",
                "no order with a known discount",
                "price sensitivity: mean of discount ÷ (amount + discount)",
                (s, t) -> s.discountDepth.mean());
        d.add(
                "coupons_per_order",
                "ratio",
                ">= 0",
                "neither coupon nor order yet",
                "price sensitivity: coupons tried ÷ (orders + 1)",
                (s, t) -> s.coupons + s.orders == 0 ? Double.NaN : s.coupons / (s.orders + 1.0));
        d.fading("promotions", "price sensitivity: promotions looked at or followed", D90, s -> s.promotionDecay);
        d.add(
                "item_price_mean",
                "currency per item",
                "any",
                "no order with known items and amount",
                "price level: mean of amount ÷ items",
                (s, t) -> s.prices.mean());
        d.add(
                "item_price_cv",
                "ratio",
                ">= 0",
                "fewer than two such orders, or a mean of 0",
                "price level: standard deviation of amount ÷ items over its mean",
                (s, t) -> ratio(s.prices.sd(), s.prices.mean()));
    }

    private static void variety(Declarations d) {
        d.count(
                "categories",
                "variety seeking: distinct product categories met, the 24 most frequent",
                (s, t) -> s.categories.size());
        d.share(
                "top_category_share",
                "no category known",
                "variety seeking, inversely: the most frequent category's count ÷ all",
                (s, t) -> {
                    long all = 0;
                    long top = 0;
                    for (SubscriberState.Category category : s.categories.values()) {
                        all += category.met;
                        top = Math.max(top, category.met);
                    }
                    return ratio(top, all);
                });
        d.share(
                "new_category_rate",
                "no category known",
                "variety seeking: meetings with a category that was new ÷ all meetings, at most 1",
                (s, t) -> {
                    long all = 0;
                    for (SubscriberState.Category category : s.categories.values()) {
                        all += category.met;
                    }
                    return Math.min(1, ratio(s.newCategories, all));
                });
        d.add(
                "wishes_per_view",
                "ratio",
                ">= 0",
                "no product view yet",
                "aspiration: products wished for ÷ (product views + 10)",
                (s, t) -> s.productViews == 0 ? Double.NaN : s.wishes / (s.productViews + 10.0));
        d.share(
                "search_share",
                "no visit yet",
                "goal-directedness: searches ÷ what was done in visits",
                (s, t) -> ratio(s.searches, s.visitActions));
    }

    private static void impulse(Declarations d) {
        d.share(
                "impulse_order_share",
                "no order within a visit yet",
                "impulsiveness: orders within 15 minutes of the visit's beginning ÷ orders in visits",
                (s, t) -> ratio(s.impulseOrders, s.visitOrders));
        d.add(
                "cart_to_order_hours",
                "hours",
                ">= 0",
                "no order after a cart addition yet",
                "impulsiveness, inversely: mean time from the first cart addition since the last order to the order",
                (s, t) -> s.cartToOrder.mean());
        d.add(
                "view_to_order_days",
                "days",
                ">= 0",
                "no order after a product view yet",
                "deliberation: mean time from the first product view since the last order to the order",
                (s, t) -> s.viewToOrder.mean());
        d.add(
                "views_per_order",
                "ratio",
                ">= 0",
                "no product view and no order",
                "deliberation: product views ÷ (orders + 1)",
                (s, t) -> s.productViews + s.orders == 0 ? Double.NaN : s.productViews / (s.orders + 1.0));
        d.share(
                "cart_removal_rate",
                "no cart addition yet",
                "hesitation: cart removals ÷ cart additions, at most 1",
                (s, t) -> Math.min(1, ratio(s.cartRemoves, s.cartAdds)));
    }

    private static void loyalty(Declarations d) {
        d.share(
                "repeat_category_share",
                "no order with a known category",
                "loyalty: orders whose categories had all been ordered before ÷ orders with a known category",
                (s, t) -> ratio(s.repeatOrders, s.categoryOrders));
        d.share(
                "repeat_order_share",
                NO_ORDER,
                "loyalty: order days after the first ÷ (order days + 2), shrunk towards none",
                (s, t) -> s.orders == 0 ? Double.NaN : (s.orderDays - 1) / (s.orderDays + 2.0));
        d.share(
                "refund_rate",
                NO_ORDER,
                "dissatisfaction: refunds ÷ (orders + refunds)",
                (s, t) -> s.orders == 0 ? Double.NaN : (double) s.refunds / (s.orders + s.refunds));
        d.share(
                "rating_mean",
                "no rating yet",
                "satisfaction: mean of the ratings in reviews, 1 the best",
                (s, t) -> s.ratings.mean());
    }

    private static void social(Declarations d) {
        d.fading("social", "social: shares and reviews", D365, s -> s.socialDecay);
        d.add(
                "shares_per_order",
                "ratio",
                ">= 0",
                "neither share nor order yet",
                "social: products and carts shared ÷ (orders + 1)",
                (s, t) -> s.shares + s.orders == 0 ? Double.NaN : s.shares / (s.orders + 1.0));
        d.add(
                "reviews_per_order",
                "ratio",
                ">= 0",
                "neither review nor order yet",
                "social: reviews ÷ (orders + 1)",
                (s, t) -> s.reviews + s.orders == 0 ? Double.NaN : s.reviews / (s.orders + 1.0));
        d.flag(
                "referred",
                "social: the trait referredBy or referrer names who brought them",
                (s, t) -> trait(s, "referredBy", "referred_by", "referrer") == null ? 0 : 1);
    }
}
