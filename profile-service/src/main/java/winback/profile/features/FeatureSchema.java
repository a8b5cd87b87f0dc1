package winback.profile.features;

import static winback.profile.features.Feature.Group.BEHAVIOUR;
import static winback.profile.features.Feature.Group.CONTEXT;
import static winback.profile.features.Feature.Group.DEMOGRAPHICS;
import static winback.profile.features.Feature.Group.PSYCHOGRAPHICS;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All features in their order. New ones go to the end; whatever changes changes the fingerprint. */
public final class FeatureSchema {

    private static final String NEVER = "never";
    private static final String NO_ORDER = "no order yet";
    private static final String NO_VALUE = "no order with a known amount yet";
    private static final String NO_HOUR = "nothing yet whose hour is known";

    // Half-lives, as indices into Decay.HALF_LIVES_DAYS.
    private static final int D7 = 0;
    private static final int D30 = 1;
    private static final int D90 = 2;
    private static final int D365 = 3;

    /** Columns of the periods. */
    public static final List<String> PERIOD_NAMES = List.of("orders", "spend", "opens", "clicks", "others");

    public static final FeatureSchema CURRENT = new FeatureSchema(declare());

    private final List<Feature> features;
    private final List<String> names;
    private final String fingerprint;

    private FeatureSchema(List<Feature> features) {
        this.features = List.copyOf(features);
        this.names = features.stream().map(Feature::name).toList();
        this.fingerprint = fingerprint(features);
        Set<String> distinct = new HashSet<>(names);
        if (distinct.size() != names.size()) {
            throw new IllegalStateException("two features of one name");
        }
    }

    public List<Feature> features() {
        return features;
    }

    public List<String> names() {
        return names;
    }

    /** Shape [p], in lower case. */
    public List<String> groups() {
        return features.stream()
                .map(feature -> feature.group().name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** 16 hexadecimal digits: the beginning of the SHA-256 of names, units and order. */
    public String fingerprint() {
        return fingerprint;
    }

    /**
     * @return shape [p], in schema order, unscaled; NaN means unknown
     */
    public float[] vector(SubscriberState state, Instant asOf) {
        float[] vector = new float[features.size()];
        long millis = asOf.toEpochMilli();
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) features.get(i).function().value(state, millis);
        }
        return vector;
    }

    private static String fingerprint(List<Feature> features) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (Feature feature : features) {
                sha.update((feature.name() + "|" + feature.unit() + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Adds declarations in order. {@code share} and {@code days} keep those that recur in one form.
     */
    private static final class Declaration {
        private final List<Feature> features = new ArrayList<>();
        private Feature.Group group = BEHAVIOUR;

        void add(String name, String unit, String range, String absence, String formula, Feature.Function function) {
            features.add(new Feature(name, group, unit, range, absence, formula, function));
        }

        void count(String name, String formula, Feature.Function function) {
            add(name, "count", ">= 0", NEVER, formula, function);
        }

        void daysSince(String name, String what, java.util.function.ToLongFunction<SubscriberState> when) {
            add(name, "days", ">= 0", "not yet happened", "asOf − " + what, (s, t) -> days(when.applyAsLong(s), t));
        }

        void share(String name, String absence, String formula, Feature.Function function) {
            add(name, "share", "0 to 1", absence, formula, function);
        }
    }

    private static List<Feature> declare() {
        Declaration d = new Declaration();
        orders(d);
        d.daysSince("days_since_last_activity", "the last thing that the person did", s -> s.lastActivityAt);
        browsing(d);
        mail(d);

        d.group = PSYCHOGRAPHICS;
        d.share(
                "discount_share",
                NO_ORDER,
                "orders with a coupon or discount ÷ orders",
                (s, t) -> ratio(s.discountedOrders, s.orders));
        d.count("categories", "distinct product categories met, at most 30", (s, t) -> s.categories.size());
        d.share(
                "top_category_share",
                "no category known",
                "the most frequent category's count ÷ all",
                (s, t) -> topShare(s));
        d.share(
                "weekend_share",
                "nothing done yet",
                "activity on Saturday and Sunday (local) ÷ all",
                (s, t) -> ratio(s.weekdays[5] + s.weekdays[6], sum(s.weekdays, 0, 7)));
        d.share("night_share", NO_HOUR, "activity from 0 to 6 local ÷ all", (s, t) -> hours(s, 0, 6));
        d.share("morning_share", NO_HOUR, "activity from 6 to 12 local ÷ all", (s, t) -> hours(s, 6, 12));
        d.share("afternoon_share", NO_HOUR, "activity from 12 to 18 local ÷ all", (s, t) -> hours(s, 12, 18));
        d.share("evening_share", NO_HOUR, "activity from 18 to 24 local ÷ all", (s, t) -> hours(s, 18, 24));
        d.add(
                "views_per_order",
                "ratio",
                ">= 0",
                "no product view and no order",
                "product views ÷ (orders + 1)",
                (s, t) -> s.productViews + s.orders == 0 ? Double.NaN : s.productViews / (s.orders + 1.0));

        d.group = DEMOGRAPHICS;
        flag(d, "has_email", "the trait email is known", (s, t) -> s.traits.get("email") instanceof String ? 1 : 0);
        flag(d, "locale_known", "a locale is known", (s, t) -> s.locale == null ? 0 : 1);
        flag(d, "timezone_known", "a time zone is known", (s, t) -> s.timezone == null ? 0 : 1);
        d.add(
                "utc_offset",
                "hours",
                "-18 to 18",
                "no time zone known",
                "offset from UTC at asOf",
                (s, t) -> s.timezone == null
                        ? Double.NaN
                        : s.zone().getRules().getOffset(Instant.ofEpochMilli(t)).getTotalSeconds() / 3600.0);
        d.add(
                "age",
                "years",
                "0 to 120",
                "no birthday declared",
                "whole years from the trait birthday to asOf",
                FeatureSchema::age);
        d.add("tenure", "days", ">= 0", "not yet seen", "asOf − first seen", (s, t) -> days(s.firstSeenAt, t));

        d.group = CONTEXT;
        d.add(
                "season_sin",
                "1",
                "-1 to 1",
                NEVER,
                "sin(2π · day of year ÷ 365.25) of asOf, UTC",
                (s, t) -> Math.sin(season(t)));
        d.add(
                "season_cos",
                "1",
                "-1 to 1",
                NEVER,
                "cos(2π · day of year ÷ 365.25) of asOf, UTC",
                (s, t) -> Math.cos(season(t)));
        d.share(
                "mobile_share",
                "no device known",
                "activity from apps and mobile devices ÷ all with a device",
                (s, t) -> ratio(s.mobile, s.devices));
        flag(d, "email_consent", "consent to email/marketing is granted", (s, t) -> {
            var consent = s.consents.get("email/marketing");
            return consent != null && consent.granted() ? 1 : 0;
        });
        return d.features;
    }

    private static void orders(Declaration d) {
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
        d.add(
                "order_value_mean",
                "currency per order",
                "any",
                NO_VALUE,
                "mean order amount",
                (s, t) -> s.valuedOrders == 0 ? Double.NaN : s.valueMean);
        d.add(
                "order_day_value_mean",
                "currency per order day",
                "any",
                NO_VALUE,
                "order amounts ÷ order days",
                (s, t) -> s.valuedOrders == 0 ? Double.NaN : s.orderSpend / s.orderDays);
        d.add(
                "order_value_sd",
                "currency per order",
                ">= 0",
                "fewer than two orders with a known amount",
                "sample standard deviation of order amounts",
                (s, t) -> sd(s.valueM2, s.valuedOrders));
        d.add(
                "order_value_min",
                "currency",
                "any",
                NO_VALUE,
                "smallest order amount",
                (s, t) -> s.valuedOrders == 0 ? Double.NaN : s.valueMin);
        d.add(
                "order_value_max",
                "currency",
                "any",
                NO_VALUE,
                "largest order amount",
                (s, t) -> s.valuedOrders == 0 ? Double.NaN : s.valueMax);
        d.add(
                "order_value_last",
                "currency",
                "any",
                NO_VALUE,
                "amount of the last order",
                (s, t) -> s.valuedOrders == 0 ? Double.NaN : s.lastValue);
        d.add(
                "order_gap_mean",
                "days",
                ">= 1",
                "fewer than two order days",
                "mean days between consecutive order days",
                (s, t) -> s.orderDays < 2 ? Double.NaN : s.gapMean);
        d.add(
                "order_gap_sd",
                "days",
                ">= 0",
                "fewer than three order days",
                "sample standard deviation of the gaps",
                (s, t) -> sd(s.gapM2, s.orderDays - 1));
        d.add(
                "recency_to_gap",
                "ratio",
                ">= 0",
                "fewer than two order days",
                "days since the last order ÷ mean gap",
                (s, t) -> s.orderDays < 2 ? Double.NaN : days(s.lastOrderAt, t) / s.gapMean);
        for (int h = 0; h < Decay.HALF_LIVES_DAYS.length; h++) {
            int half = h;
            String life = "%.0fd".formatted(Decay.HALF_LIVES_DAYS[h]);
            d.count("orders_" + life, "orders, halved every " + life, (s, t) -> s.ordersDecay.sum(half, t));
        }
        for (int h = 0; h < Decay.HALF_LIVES_DAYS.length; h++) {
            int half = h;
            String life = "%.0fd".formatted(Decay.HALF_LIVES_DAYS[h]);
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
                (s, t) -> s.orders == 0 ? Double.NaN : trend(s.ordersDecay, s.lastOrderAt, t));
        d.add(
                "items_mean",
                "items per order",
                ">= 0",
                "no order with known items",
                "items ÷ orders with known items",
                (s, t) -> ratio(s.items, s.itemOrders));
        d.count("refunds", "refunds and cancelled orders", (s, t) -> s.refunds);
    }

    private static void browsing(Declaration d) {
        d.count("activities_30d", "what the person did, halved every 30 days", (s, t) -> s.activityDecay.sum(D30, t));
        d.add(
                "activity_trend",
                "ratio",
                "0 to 3",
                "nothing done yet",
                "activities_30d ÷ 30 over the same with 90 days",
                (s, t) -> s.lastActivityAt == SubscriberState.NEVER
                        ? Double.NaN
                        : trend(s.activityDecay, s.lastActivityAt, t));
        d.count("page_views_30d", "pages and screens, halved every 30 days", (s, t) -> s.pageDecay.sum(D30, t));
        d.count("product_views_30d", "product views, halved every 30 days", (s, t) -> s.productDecay.sum(D30, t));
        d.count("cart_adds_30d", "products added to a cart, halved every 30 days", (s, t) -> s.cartDecay.sum(D30, t));
        d.daysSince("days_since_product_view", "the last product view", s -> s.lastProductViewAt);
    }

    private static void mail(Declaration d) {
        d.count("emails_90d", "mails delivered, halved every 90 days", (s, t) -> s.deliveredDecay.sum(D90, t));
        // Rates are shrunk towards what is usual, with the weight of five mails: a rate of one mail says little.
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
        d.daysSince("days_since_email_open", "the last open", s -> s.lastOpenAt);
        d.daysSince("days_since_email_click", "the last click", s -> s.lastClickAt);
        d.count("email_bounces", "mails that bounced", (s, t) -> s.bounces);
        d.count("email_opens_7d", "opens, halved every 7 days", (s, t) -> s.openDecay.sum(D7, t));
        d.count("email_clicks_365d", "clicks, halved every 365 days", (s, t) -> s.clickDecay.sum(D365, t));
    }

    private static void flag(Declaration d, String name, String formula, Feature.Function function) {
        d.add(name, "0 or 1", "0 or 1", NEVER, "1 when " + formula, function);
    }

    private static double days(long from, long to) {
        return from == SubscriberState.NEVER ? Double.NaN : Math.max(0, to - from) / SubscriberState.DAY_MILLIS;
    }

    private static double ratio(double part, double whole) {
        return whole == 0 ? Double.NaN : part / whole;
    }

    private static double sd(double m2, long n) {
        return n < 2 ? Double.NaN : Math.sqrt(Math.max(0, m2) / (n - 1));
    }

    /**
     * Computed without the common factor of the fading, so that it stays a number when both sums have faded to nothing.
     */
    private static double trend(Decay decay, long last, long asOf) {
        double then = decay.sum(D30, last) / decay.sum(D90, last);
        double days = Math.max(0, asOf - last) / SubscriberState.DAY_MILLIS;
        return 3 * then * Math.exp(-days * Math.log(2) * (1 / 30.0 - 1 / 90.0));
    }

    private static double rate(SubscriberState s, Decay responses, double prior, long asOf) {
        double some = responses.sum(D90, asOf);
        // Senders that do not tell of deliveries: at least what was responded to was delivered.
        double mails = Math.max(Math.max(s.deliveredDecay.sum(D90, asOf), s.openDecay.sum(D90, asOf)), some);
        return s.delivered + s.opens + s.clicks == 0 ? Double.NaN : (some + prior) / (mails + 5);
    }

    private static double topShare(SubscriberState s) {
        long all = 0;
        long top = 0;
        for (long count : s.categories.values()) {
            all += count;
            top = Math.max(top, count);
        }
        return ratio(top, all);
    }

    private static double hours(SubscriberState s, int from, int to) {
        return ratio(sum(s.hours, from, to), sum(s.hours, 0, 24));
    }

    private static long sum(long[] counts, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += counts[i];
        }
        return sum;
    }

    private static double season(long asOf) {
        LocalDate day = LocalDate.ofInstant(Instant.ofEpochMilli(asOf), ZoneOffset.UTC);
        return 2 * Math.PI * day.getDayOfYear() / 365.25;
    }

    private static double age(SubscriberState s, long asOf) {
        @Nullable Object birthday = s.traits.get("birthday");
        if (!(birthday instanceof String text) || text.length() < 10) {
            return Double.NaN;
        }
        try {
            LocalDate today = LocalDate.ofInstant(Instant.ofEpochMilli(asOf), ZoneOffset.UTC);
            long years = ChronoUnit.YEARS.between(LocalDate.parse(text.substring(0, 10)), today);
            return years < 0 || years > 120 ? Double.NaN : years;
        } catch (DateTimeException notADate) {
            return Double.NaN;
        }
    }
}
