package winback.profile.features;

import static winback.profile.features.Declarations.D30;
import static winback.profile.features.Declarations.D365;
import static winback.profile.features.Declarations.D7;
import static winback.profile.features.Declarations.D90;
import static winback.profile.features.Declarations.NEVER;
import static winback.profile.features.Declarations.NO_ORDER;
import static winback.profile.features.Declarations.NO_VALUE;
import static winback.profile.features.Declarations.days;
import static winback.profile.features.Declarations.ratio;

/** What the person did: orders, visits, mail. */
final class Behaviour {

    private Behaviour() {}

    static void declare(Declarations d) {
        d.group(Feature.Group.BEHAVIOUR);
        orders(d);
        visits(d);
        mail(d);
    }

    private static void orders(Declarations d) {
        d.count("orders", "orders so far", (s, t) -> s.orders);
        d.add("order_days", "days", ">= 0", NEVER, "distinct calendar days with an order", (s, t) -> s.orderDays);
        d.daysSince("days_since_first_order", "the first order", s -> s.firstOrderAt);
        d.daysSince("days_since_last_order", "the last order", s -> s.lastOrderAt);
        d.add(
                "days_first_to_last_order",
                "days",
                ">= 0",
                NO_ORDER,
                "last order − first order",
                (s, t) -> s.orders == 0 ? Double.NaN : days(s.firstOrderAt, s.lastOrderAt));
        d.add("spend_total", "currency", "any", NEVER, "order amounts − refunds", (s, t) -> s.spend());
        money(d, "order_value_mean", "mean order amount", (s, t) -> s.values.mean());
        d.add(
                "order_day_value_mean",
                "currency per order day",
                "any",
                NO_VALUE,
                "order amounts ÷ order days",
                (s, t) -> s.values.n() == 0 ? Double.NaN : s.values.sum() / s.orderDays);
        d.add(
                "order_value_sd",
                "currency",
                ">= 0",
                "fewer than two orders with a known amount",
                "sample standard deviation of order amounts",
                (s, t) -> s.values.sd());
        money(d, "order_value_min", "smallest order amount", (s, t) -> s.values.n() == 0 ? Double.NaN : s.valueMin);
        money(d, "order_value_max", "largest order amount", (s, t) -> s.values.n() == 0 ? Double.NaN : s.valueMax);
        d.add(
                "order_value_last_to_mean",
                "ratio",
                "any",
                "no order amount known, or their mean is 0",
                "last order amount ÷ mean order amount",
                (s, t) -> s.values.n() == 0 ? Double.NaN : ratio(s.lastValue, s.values.mean()));
        d.add(
                "order_gap_mean",
                "days",
                ">= 1",
                "fewer than two order days",
                "mean days between consecutive order days",
                (s, t) -> s.gaps.mean());
        d.add(
                "order_gap_last",
                "days",
                ">= 1",
                "fewer than two order days",
                "days between the last two order days",
                (s, t) -> s.lastGap);
        d.add(
                "order_gap_cv",
                "ratio",
                ">= 0",
                "fewer than three order days",
                "sample standard deviation of the gaps ÷ their mean; 0 is clockwork, 1 is chance",
                (s, t) -> s.gaps.sd() / s.gaps.mean());
        d.add(
                "recency_to_gap",
                "ratio",
                ">= 0",
                "fewer than two order days",
                "days since the last order ÷ mean gap",
                (s, t) -> s.gaps.n() == 0 ? Double.NaN : days(s.lastOrderAt, t) / s.gaps.mean());
        for (int half : new int[] {D7, D30, D90, D365}) {
            d.fading("orders", "orders", half, s -> s.ordersDecay);
        }
        for (int half : new int[] {D30, D90, D365}) {
            String life = "%.0fd".formatted(Decay.HALF_LIVES_DAYS[half]);
            d.add(
                    "spend_" + life,
                    "currency",
                    "any",
                    NEVER,
                    "order amounts − refunds, halved every " + life,
                    (s, t) -> s.spendDecay.sum(half, t));
        }
        d.add(
                "order_trend",
                "ratio",
                "0 to 3",
                NO_ORDER,
                "orders_30d ÷ 30 over orders_90d ÷ 90; 1 is a steady rate",
                (s, t) -> trend(s.ordersDecay, t));
        d.add(
                "items_mean",
                "items per order",
                ">= 0",
                "no order with known items",
                "items ÷ orders with known items",
                (s, t) -> s.items.mean());
        d.count("refunds", "refunds and cancelled orders", (s, t) -> s.refunds);
        d.count(
                "unconverted_orders",
                "orders in a currency without a rate, counted in no money",
                (s, t) -> s.unconverted);
    }

    private static void money(Declarations d, String name, String formula, Feature.Function function) {
        d.add(name, "currency", "any", NO_VALUE, formula, function);
    }

    private static void visits(Declarations d) {
        d.daysSince("days_since_last_activity", "the last thing that the person did", s -> s.lastActivityAt);
        d.count("active_days", "distinct local days on which the person did anything", (s, t) -> s.activeDays);
        d.add(
                "active_day_gap_mean",
                "days",
                ">= 1",
                "fewer than two active days",
                "mean days between consecutive active days",
                (s, t) -> s.activeGaps.mean());
        d.fading("activities", "what the person did beside ordering", D7, s -> s.activityDecay);
        d.fading("activities", "what the person did beside ordering", D30, s -> s.activityDecay);
        d.fading("activities", "what the person did beside ordering", D365, s -> s.activityDecay);
        d.add(
                "activity_trend",
                "ratio",
                "0 to 3",
                "nothing done yet beside ordering",
                "activities_30d ÷ 30 over the same with 90 days",
                (s, t) -> trend(s.activityDecay, t));
        d.count("visits", "stays in the shop, ended by a break of 30 minutes", (s, t) -> s.visits);
        d.fading("visits", "visits", D30, s -> s.visitDecay);
        d.add(
                "actions_per_visit",
                "actions",
                ">= 1",
                "no visit yet",
                "what was done in visits ÷ visits",
                (s, t) -> ratio(s.visitActions, s.visits));
        d.fading("page_views", "pages and screens", D30, s -> s.pageDecay);
        d.fading("product_views", "product views", D7, s -> s.productDecay);
        d.fading("product_views", "product views", D90, s -> s.productDecay);
        d.daysSince("days_since_product_view", "the last product view", s -> s.lastProductViewAt);
        d.fading("browsing", "lists, filters and searches", D30, s -> s.browseDecay);
        d.daysSince("days_since_search", "the last search", s -> s.lastSearchAt);
        d.fading("cart_adds", "products added to a cart", D30, s -> s.cartDecay);
        d.daysSince("days_since_cart_add", "the last product added to a cart", s -> s.lastCartAt);
        d.count(
                "cart_adds_since_order",
                "products added to a cart since the last order: a cart left behind",
                (s, t) -> s.cartAddsSinceOrder);
        d.fading("checkouts", "checkouts begun", D90, s -> s.checkoutDecay);
        // Rates are shrunk towards what is usual in shops, with the weight of ten: a rate of one says little.
        d.share(
                "view_to_cart_rate",
                "no product view yet",
                "(cart additions + 1) ÷ (product views + 10), at most 1",
                (s, t) -> s.productViews == 0 ? Double.NaN : Math.min(1, (s.cartAdds + 1.0) / (s.productViews + 10.0)));
        d.share(
                "checkout_completion_rate",
                "no checkout begun yet",
                "(orders + 5) ÷ (checkouts begun + 10), at most 1",
                (s, t) -> s.checkouts == 0 ? Double.NaN : Math.min(1, (s.orders + 5.0) / (s.checkouts + 10.0)));
        d.share(
                "category_evenness",
                "no category met yet",
                "entropy of the categories met ÷ ln 24; 0 is one category, 1 is 24 alike",
                (s, t) -> Declarations.evenness(
                        s.categories.values().stream()
                                .mapToLong(category -> category.met)
                                .toArray(),
                        SubscriberState.MAX_CATEGORIES));
    }

    private static void mail(Declarations d) {
        d.fading("emails", "mails delivered", D30, s -> s.deliveredDecay);
        d.fading("emails", "mails delivered", D365, s -> s.deliveredDecay);
        d.share(
                "email_open_rate",
                "no mail yet",
                "(opens + 1) ÷ (mails + 5), both halved every 90 days",
                (s, t) -> rate(s, s.openDecay, 1, t));
        d.share(
                "email_click_rate",
                "no mail yet",
                "(clicks + 0.15) ÷ (mails + 5), both halved every 90 days",
                (s, t) -> rate(s, s.clickDecay, 0.15, t));
        d.share(
                "email_click_to_open_rate",
                "no open yet",
                "(clicks + 0.5) ÷ (opens + 5), at most 1",
                (s, t) -> s.opens == 0 ? Double.NaN : Math.min(1, (s.clicks + 0.5) / (s.opens + 5.0)));
        d.daysSince("days_since_email", "the last mail delivered", s -> s.lastDeliveredAt);
        d.daysSince("days_since_email_open", "the last open", s -> s.lastOpenAt);
        d.daysSince("days_since_email_click", "the last click", s -> s.lastClickAt);
        d.count("emails_since_open", "mails delivered since the last open", (s, t) -> s.deliveredSinceOpen);
        d.add(
                "email_open_delay_mean",
                "hours",
                ">= 0",
                "no open after a delivery yet",
                "mean time from a delivery to the first open after it",
                (s, t) -> s.openDelay.mean());
        d.fading("email_opens", "opens", D7, s -> s.openDecay);
        d.fading("email_opens", "opens", D365, s -> s.openDecay);
        d.fading("email_clicks", "clicks", D30, s -> s.clickDecay);
        d.fading("email_clicks", "clicks", D365, s -> s.clickDecay);
        d.share(
                "orders_after_click_share",
                NO_ORDER,
                "orders within three days of a click ÷ orders",
                (s, t) -> ratio(s.ordersAfterClick, s.orders));
        d.count("email_bounces", "mails that bounced", (s, t) -> s.bounces);
        d.count("email_complaints", "mails marked as spam", (s, t) -> s.complaints);
        d.count("unsubscribes", "times unsubscribed", (s, t) -> s.unsubscribes);
    }

    /**
     * Computed without the common factor of the fading, so that it stays a number when both sums have faded to nothing.
     */
    private static double trend(Decay decay, long asOf) {
        long last = decay.lastAt();
        if (last == SubscriberState.NEVER) {
            return Double.NaN;
        }
        double then = decay.sum(D30, last) / decay.sum(D90, last);
        return 3 * then * Math.exp(-days(last, asOf) * Math.log(2) * (1 / 30.0 - 1 / 90.0));
    }

    private static double rate(SubscriberState s, Decay responses, double prior, long asOf) {
        double some = responses.sum(D90, asOf);
        // Senders that do not tell of deliveries: at least what was responded to was delivered.
        double mails = Math.max(Math.max(s.deliveredDecay.sum(D90, asOf), s.openDecay.sum(D90, asOf)), some);
        return s.delivered + s.opens + s.clicks == 0 ? Double.NaN : (some + prior) / (mails + 5);
    }
}
