package winback.profile.features;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import winback.contracts.ProfileChanged.Consent;
import winback.contracts.TimePrecision;

/**
 * What is kept of a subscriber's history: enough to answer every feature as of any instant from the last applied activity
 * on, and bounded however long the history is.
 *
 * <p>The state is that of all activities applied in {@link Activity#IN_ORDER}, so it is a function of their set alone.
 * What a person does and what is declared about them mostly do not meet, so each has a line of its own that must grow;
 * {@link #accepts} tells whether an activity would come too late on its line, or shows an earlier response to have been a
 * machine's. Then the state is rebuilt from the stored activity, by a {@link Replay}.
 *
 * <p>It is stored in two parts. {@link #toBytes}, the numbers, is below {@value #MAX_BYTES} bytes: 73 five-day buckets,
 * {@value #MAX_CATEGORIES} categories, four fading sums of each kind. {@link #declaredJson}, what was declared, holds
 * {@value #MAX_TRAITS} traits of at most {@value #MAX_TRAIT_BYTES} bytes each and {@value #MAX_TRAITS_BYTES} in all, and
 * {@value #MAX_CONSENTS} consents; beyond that other traits go before {@link #KEPT_FIRST}, and the oldest word before
 * a newer one.
 */
public final class SubscriberState {

    /** Grows when the meaning of a field changes; a state of another format is rebuilt from the stored activity. */
    public static final int FORMAT = 2;

    public static final int MAX_BYTES = 4096;

    static final long NEVER = Long.MIN_VALUE;
    static final double DAY_MILLIS = TimeUnit.DAYS.toMillis(1);
    static final double HOUR_MILLIS = TimeUnit.HOURS.toMillis(1);

    static final int MAX_CATEGORIES = 24;
    private static final int MAX_CATEGORY_CHARS = 20;
    static final int MAX_TRAITS = 100;
    static final int MAX_TRAIT_BYTES = 1024;
    static final int MAX_TRAITS_BYTES = 16_384;
    static final int MAX_CONSENTS = 20;
    /** By which a person is reached and known; room is made for them. */
    private static final Set<String> KEPT_FIRST = Set.of(
            "email",
            "phone",
            "name",
            "firstName",
            "lastName",
            "timezone",
            "locale",
            "createdAt",
            "age",
            "birthday",
            "gender",
            "address",
            "company");

    private static final int BUCKET_DAYS = 5;
    private static final int BUCKETS_A_PERIOD = 6;
    private static final int PERIODS = 12;
    /** As long a break ends a visit, as web analytics mostly has it. */
    static final long VISIT_BREAK_MILLIS = TimeUnit.MINUTES.toMillis(30);
    /** An order this soon after a visit began was hardly thought over. */
    private static final long IMPULSE_MILLIS = TimeUnit.MINUTES.toMillis(15);
    /** An order this soon after a click is put down to the mail. */
    private static final long AFTER_CLICK_MILLIS = TimeUnit.DAYS.toMillis(3);
    /** The longest window of the lifecycle. */
    private static final int GAP_DAYS_KEPT = 366;

    /** Columns of {@link #buckets}. */
    private static final int ORDERS = 0, SPEND = 1, DELIVERED = 2, OPENS = 3, CLICKS = 4, OTHERS = 5, COLUMNS = 6;

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    /** A place in the order of application: that of the last applied activity of a line. */
    private static final class Line {
        private long at = NEVER;
        private long tie;

        boolean before(Activity activity) {
            long when = activity.at().toEpochMilli();
            return at < when || at == when && tie < activity.tie();
        }

        void advance(Activity activity) {
            at = activity.at().toEpochMilli();
            tie = activity.tie();
        }

        void transfer(Codec codec) {
            at = codec.time(at);
            if (at != NEVER) {
                tie = codec.count(tie);
            }
        }
    }

    /** How often a category was met, and how often ordered. */
    static final class Category {
        long met;
        long orders;
    }

    /** The last activity that counts for anything. */
    private final Line behaved = new Line();
    /** The last activity that declares a trait, a consent, a zone or a locale. */
    private final Line declared = new Line();
    /** The last activity that declares a zone. */
    private final Line zoned = new Line();

    private final Responses responses = new Responses();

    long activities;
    long firstSeenAt = NEVER;
    /** The last thing that the person did. */
    long lastActivityAt = NEVER;

    /** Distinct local days on which the person did anything. */
    long activeDays;

    long lastActiveDay = NEVER;
    /** Days between consecutive active days. */
    final Moments activeGaps = new Moments();

    long orders;
    /** Distinct calendar days with an order: the subscriber's days, UTC days for date-only rows and unknown zones. */
    long orderDays;
    /** Epoch day. */
    long lastOrderDay = NEVER;

    long firstOrderAt = NEVER;
    long lastOrderAt = NEVER;
    double refunded;
    long refunds;
    /** Amounts of orders, in the deployment's currency, where they are known. */
    final Moments values = new Moments();

    double valueMin;
    double valueMax;
    double lastValue;
    /** Orders in a currency without a rate. */
    long unconverted;

    /** Items an order, where known. */
    final Moments items = new Moments();
    /** Amount an item, where both are known. */
    final Moments prices = new Moments();

    long discountedOrders;
    /** Discount ÷ (amount + discount), of orders with a known discount. */
    final Moments discountDepth = new Moments();
    /** Days between consecutive order days. */
    final Moments gaps = new Moments();

    double lastGap = Double.NaN;
    /**
     * Order days that came after a longer gap than any later order day, each with its gap, oldest first: what is needed to
     * tell for any window whether somebody came back after it. The gaps differ and fall, so within a year they are few.
     */
    private final List<long[]> returns = new ArrayList<>();

    /** Orders whose categories, all of them, had been ordered before; and those with a known category. */
    long repeatOrders;

    long categoryOrders;

    final Decay ordersDecay = new Decay();
    final Decay spendDecay = new Decay();
    final Decay activityDecay = new Decay();
    final Decay visitDecay = new Decay();
    final Decay pageDecay = new Decay();
    final Decay productDecay = new Decay();
    final Decay browseDecay = new Decay();
    final Decay cartDecay = new Decay();
    final Decay checkoutDecay = new Decay();
    final Decay promotionDecay = new Decay();
    final Decay socialDecay = new Decay();
    final Decay deliveredDecay = new Decay();
    final Decay openDecay = new Decay();
    final Decay clickDecay = new Decay();

    long productViews;
    long searches;
    long lastSearchAt = NEVER;
    long lastProductViewAt = NEVER;
    long cartAdds;
    long cartRemoves;
    long lastCartAt = NEVER;
    long checkouts;
    long coupons;
    long promotions;
    long wishes;
    long shares;
    long reviews;
    final Moments ratings = new Moments();

    /** Of the running visit; {@link #NEVER} before the first. */
    long visitStartedAt = NEVER;

    long lastVisitAt = NEVER;
    long visits;
    long visitActions;
    /** Orders made in a visit in which something else came first; and those of them soon after its beginning. */
    long visitOrders;

    long impulseOrders;
    /** Since the last order; {@link #NEVER} when there was none. */
    private long firstCartSinceOrderAt = NEVER;

    private long firstViewSinceOrderAt = NEVER;
    long cartAddsSinceOrder;
    /** Hours from the first cart addition since the last order to the order. */
    final Moments cartToOrder = new Moments();
    /** Days from the first product view since the last order to the order. */
    final Moments viewToOrder = new Moments();

    long delivered;
    long deliveredSinceOpen;
    long opens;
    long clicks;
    long bounces;
    long complaints;
    long unsubscribes;
    long lastDeliveredAt = NEVER;
    long lastOpenAt = NEVER;
    long lastClickAt = NEVER;
    /** Hours from a delivery to the first open after it. */
    final Moments openDelay = new Moments();

    long ordersAfterClick;

    /** Shape [24], what the person did by local hour; only where the hour is known. */
    final long[] hours = new long[24];
    /** Shape [7], Monday first, by local day; date-only rows count, their day is known. */
    final long[] weekdays = new long[7];
    /** Shape [4], orders by quarter of the year. */
    final long[] quarters = new long[4];

    long holidayOrders;
    int lastHour = -1;

    /** Shape by {@link Device}, what the person did with each. */
    final long[] devices = new long[Device.values().length];

    int lastDevice = -1;
    /** Shape by {@link Channel}, what brought them. */
    final long[] channels = new long[Channel.values().length];

    int lastChannel = -1;

    final Map<String, Category> categories = new TreeMap<>();
    long newCategories;

    /** By number of the five-day bucket since 1970, shape [{@value #COLUMNS}]. */
    private final TreeMap<Long, double[]> buckets = new TreeMap<>();

    private Map<String, @Nullable Object> traits = new LinkedHashMap<>();
    private int traitBytes;
    private Map<String, Consent> consents = new TreeMap<>();

    @Nullable
    String timezone;

    @Nullable
    String locale;

    /** What some features need of the traits; null when it has to be worked out anew. */
    private @Nullable Facts facts;

    Facts facts() {
        Facts known = facts;
        if (known == null) {
            known = Facts.of(this);
            facts = known;
        }
        return known;
    }

    /** What was declared, as it is stored. */
    private record Declared(Map<String, @Nullable Object> traits, List<Consent> consents) {}

    /** Whether applying this activity now is the same as having applied it in its turn. */
    public boolean accepts(Activity activity) {
        boolean declares = declares(activity);
        boolean behaves = activity.kind() != ActivityKind.IDENTIFY;
        // A zone gives the hours of what follows it; date-only rows have none.
        boolean needsZone = behaves && activity.precision() == TimePrecision.INSTANT;
        return (!declares || declared.before(activity))
                && (!behaves && activity.timezone() == null || behaved.before(activity))
                && (!needsZone || zoned.before(activity))
                && !responses.judge(activity).revises();
    }

    private static boolean declares(Activity activity) {
        return !activity.traits().isEmpty()
                || !activity.consents().isEmpty()
                || activity.timezone() != null
                || activity.locale() != null;
    }

    /** The latest place in the order of application that anything was applied from. */
    public Place lastPlace() {
        Line last = declared.at > behaved.at || declared.at == behaved.at && declared.tie > behaved.tie
                ? declared
                : behaved;
        return new Place(Instant.ofEpochMilli(last.at), last.tie);
    }

    /** A place in {@link Activity#IN_ORDER}. */
    public record Place(Instant at, long tie) {}

    Responses copyOfResponses() {
        Codec.Writer writer = new Codec.Writer();
        responses.transfer(writer);
        Responses copy = new Responses();
        copy.transfer(new Codec.Reader(writer.bytes()));
        return copy;
    }

    /**
     * Applies an activity that is {@link #accepts accepted}, as what it shows itself to be.
     *
     * @return the rule by which it is a machine's, judged by itself and by what was applied before it; null for a person's
     */
    public @Nullable String apply(Activity activity, Rates rates) {
        if (!accepts(activity)) {
            throw new IllegalArgumentException("activity out of order: " + activity.at());
        }
        String rule = responses.judge(activity).rule();
        apply(activity, rule, rates);
        return rule;
    }

    /**
     * Applies the next activity in order.
     *
     * @param machineRule null when it counts as the person's
     */
    void apply(Activity activity, @Nullable String machineRule, Rates rates) {
        long at = activity.at().toEpochMilli();
        activities++;
        firstSeenAt = firstSeenAt == NEVER ? at : Math.min(firstSeenAt, at);
        if (declares(activity)) {
            declared.advance(activity);
            declare(activity);
        }
        if (activity.timezone() != null) {
            zoned.advance(activity);
        }
        if (activity.kind() == ActivityKind.IDENTIFY) {
            return;
        }
        behaved.advance(activity);
        responses.note(activity, machineRule != null);
        if (machineRule != null) {
            return;
        }
        ZonedDateTime local = activity.at().atZone(activity.precision() == TimePrecision.DAY ? ZoneOffset.UTC : zone());
        if (activity.kind().inVisit() && activity.precision() == TimePrecision.INSTANT) {
            visit(activity, at);
        }
        count(activity, at, local, rates);
        if (activity.kind().byPerson()) {
            personDid(activity, at, local);
        }
    }

    private void personDid(Activity activity, long at, ZonedDateTime local) {
        lastActivityAt = at;
        if (activity.kind() != ActivityKind.ORDER) {
            activityDecay.add(1, at);
        }
        long today = local.toLocalDate().toEpochDay();
        if (lastActiveDay == NEVER || today > lastActiveDay) {
            if (lastActiveDay != NEVER) {
                activeGaps.add(today - lastActiveDay);
            }
            activeDays++;
            lastActiveDay = today;
        }
        weekdays[local.getDayOfWeek().getValue() - 1]++;
        if (activity.precision() == TimePrecision.INSTANT) {
            lastHour = local.getHour();
            hours[lastHour]++;
        }
        if (activity.device() != null) {
            lastDevice = activity.device().ordinal();
            devices[lastDevice]++;
        }
        if (activity.channel() != null) {
            lastChannel = activity.channel().ordinal();
            channels[lastChannel]++;
        }
        categories(activity);
    }

    /** Keeps the most frequent: A. Metwally, D. Agrawal, A. El Abbadi, SpaceSaving, ICDT 2005. */
    private void categories(Activity activity) {
        boolean order =
                activity.kind() == ActivityKind.ORDER && !activity.categories().isEmpty();
        boolean allOrderedBefore = order;
        for (String name : activity.categories()) {
            String key = name.length() > MAX_CATEGORY_CHARS ? shortened(name) : name;
            Category category = categories.get(key);
            if (category == null) {
                newCategories++;
                category = new Category();
                if (categories.size() == MAX_CATEGORIES) {
                    String rarest = null;
                    for (Map.Entry<String, Category> entry : categories.entrySet()) {
                        if (rarest == null || entry.getValue().met < category.met) {
                            rarest = entry.getKey();
                            category.met = entry.getValue().met;
                        }
                    }
                    categories.remove(rarest);
                }
                categories.put(key, category);
            }
            category.met++;
            if (order) {
                allOrderedBefore &= category.orders > 0;
                category.orders++;
            }
        }
        if (order) {
            categoryOrders++;
            repeatOrders += allOrderedBefore ? 1 : 0;
        }
    }

    private static String shortened(String name) {
        return name.substring(
                0, name.offsetByCodePoints(0, Math.min(MAX_CATEGORY_CHARS / 2, name.codePointCount(0, name.length()))));
    }

    private void visit(Activity activity, long at) {
        if (lastVisitAt == NEVER || at - lastVisitAt > VISIT_BREAK_MILLIS) {
            visits++;
            visitDecay.add(1, at);
            visitStartedAt = at;
        } else if (activity.kind() == ActivityKind.ORDER) {
            visitOrders++;
            impulseOrders += at - visitStartedAt <= IMPULSE_MILLIS ? 1 : 0;
        }
        visitActions++;
        lastVisitAt = at;
    }

    private void count(Activity activity, long at, ZonedDateTime local, Rates rates) {
        switch (activity.kind()) {
            case ORDER -> order(activity, at, local.toLocalDate(), rates);
            case REFUND -> {
                refunds++;
                double amount = rates.amount(activity);
                if (!Double.isNaN(amount)) {
                    refunded -= amount;
                    spendDecay.add(amount, at);
                    bucket(at)[SPEND] += amount;
                }
            }
            case PRODUCT_VIEW -> {
                productViews++;
                productDecay.add(1, at);
                lastProductViewAt = at;
                firstViewSinceOrderAt = firstViewSinceOrderAt == NEVER ? at : firstViewSinceOrderAt;
                bucket(at)[OTHERS]++;
            }
            case LIST_VIEW -> browsed(at);
            case SEARCH -> {
                searches++;
                lastSearchAt = at;
                browsed(at);
            }
            case PROMOTION -> {
                promotions++;
                promotionDecay.add(1, at);
                bucket(at)[OTHERS]++;
            }
            case CART_ADD -> {
                cartAdds++;
                cartAddsSinceOrder++;
                cartDecay.add(1, at);
                lastCartAt = at;
                firstCartSinceOrderAt = firstCartSinceOrderAt == NEVER ? at : firstCartSinceOrderAt;
                bucket(at)[OTHERS]++;
            }
            case CART_REMOVE -> {
                cartRemoves++;
                bucket(at)[OTHERS]++;
            }
            case CHECKOUT -> {
                checkouts++;
                checkoutDecay.add(1, at);
                bucket(at)[OTHERS]++;
            }
            case COUPON -> {
                coupons++;
                bucket(at)[OTHERS]++;
            }
            case WISH -> {
                wishes++;
                bucket(at)[OTHERS]++;
            }
            case SHARE -> {
                shares++;
                socialDecay.add(1, at);
                bucket(at)[OTHERS]++;
            }
            case REVIEW -> {
                reviews++;
                socialDecay.add(1, at);
                if (!Double.isNaN(activity.rating())) {
                    ratings.add(activity.rating());
                }
                bucket(at)[OTHERS]++;
            }
            case PAGE_VIEW -> {
                pageDecay.add(1, at);
                bucket(at)[OTHERS]++;
            }
            case EMAIL_DELIVERED -> {
                delivered++;
                deliveredSinceOpen++;
                deliveredDecay.add(1, at);
                lastDeliveredAt = at;
                bucket(at)[DELIVERED]++;
            }
            case EMAIL_OPEN -> {
                opens++;
                openDecay.add(1, at);
                if (lastDeliveredAt != NEVER && (lastOpenAt == NEVER || lastOpenAt < lastDeliveredAt)) {
                    openDelay.add((at - lastDeliveredAt) / HOUR_MILLIS);
                }
                lastOpenAt = at;
                deliveredSinceOpen = 0;
                bucket(at)[OPENS]++;
            }
            case EMAIL_CLICK -> {
                clicks++;
                clickDecay.add(1, at);
                lastClickAt = at;
                bucket(at)[CLICKS]++;
            }
            case EMAIL_BOUNCE -> bounces++;
            case EMAIL_SPAM -> {
                complaints++;
                bucket(at)[OTHERS]++;
            }
            case UNSUBSCRIBE -> {
                unsubscribes++;
                bucket(at)[OTHERS]++;
            }
            case OTHER -> bucket(at)[OTHERS]++;
            case IDENTIFY -> {}
        }
    }

    private void browsed(long at) {
        browseDecay.add(1, at);
        bucket(at)[OTHERS]++;
    }

    private void order(Activity activity, long at, LocalDate local, Rates rates) {
        orders++;
        ordersDecay.add(1, at);
        bucket(at)[ORDERS]++;
        firstOrderAt = firstOrderAt == NEVER ? at : firstOrderAt;
        lastOrderAt = at;
        quarters[(local.getMonthValue() - 1) / 3]++;
        holidayOrders += local.getMonthValue() >= 11 ? 1 : 0;
        orderDay(local.toEpochDay());
        double amount = rates.amount(activity);
        if (!Double.isNaN(amount)) {
            spendDecay.add(amount, at);
            bucket(at)[SPEND] += amount;
            values.add(amount);
            valueMin = values.n() == 1 ? amount : Math.min(valueMin, amount);
            valueMax = values.n() == 1 ? amount : Math.max(valueMax, amount);
            lastValue = amount;
        } else if (activity.amount() != null) {
            unconverted++;
        }
        if (!Double.isNaN(activity.quantity())) {
            items.add(activity.quantity());
            if (activity.quantity() > 0 && !Double.isNaN(amount)) {
                prices.add(amount / activity.quantity());
            }
        }
        if (activity.discounted()) {
            discountedOrders++;
            double discount = rates.discount(activity);
            if (discount > 0 && amount + discount > 0) {
                discountDepth.add(discount / (amount + discount));
            }
        }
        if (firstCartSinceOrderAt != NEVER) {
            cartToOrder.add((at - firstCartSinceOrderAt) / HOUR_MILLIS);
        }
        if (firstViewSinceOrderAt != NEVER) {
            viewToOrder.add((at - firstViewSinceOrderAt) / DAY_MILLIS);
        }
        firstCartSinceOrderAt = NEVER;
        firstViewSinceOrderAt = NEVER;
        cartAddsSinceOrder = 0;
        if (lastClickAt != NEVER && at - lastClickAt <= AFTER_CLICK_MILLIS) {
            ordersAfterClick++;
        }
    }

    private void orderDay(long today) {
        if (lastOrderDay == NEVER) {
            orderDays = 1;
            lastOrderDay = today;
        } else if (today > lastOrderDay) {
            long gap = today - lastOrderDay;
            gaps.add(gap);
            lastGap = gap;
            orderDays++;
            lastOrderDay = today;
            while (!returns.isEmpty() && returns.getLast()[1] <= gap) {
                returns.removeLast();
            }
            returns.add(new long[] {today, gap});
            while (returns.getFirst()[0] < today - GAP_DAYS_KEPT) {
                returns.removeFirst();
            }
        }
    }

    /**
     * Whether an order of the last {@code window} days came after a gap longer than that.
     *
     * @param window at most 365
     */
    boolean returned(int window, LocalDate today) {
        for (long[] day : returns) {
            if (day[1] > window && today.toEpochDay() - day[0] <= window) {
                return true;
            }
        }
        return false;
    }

    private void declare(Activity activity) {
        facts = null;
        if (activity.timezone() != null) {
            timezone = activity.timezone();
        }
        if (activity.locale() != null) {
            locale = activity.locale();
        }
        for (Consent consent : activity.consents()) {
            consents.put(consent.channel() + "/" + consent.purpose(), consent);
            if (consents.size() > MAX_CONSENTS) {
                forgetOldestConsent();
            }
        }
        activity.traits().forEach((name, value) -> {
            if (name.equals("consents") || name.length() > 255) {
                return;
            }
            Object before = traits.get(name);
            int freed = before == null ? 0 : size(name, before);
            if (value == null) {
                traits.remove(name);
                traitBytes -= freed;
                return;
            }
            int size = size(name, value);
            if (size > MAX_TRAIT_BYTES) {
                return;
            }
            if (!fits(name, size - freed) && KEPT_FIRST.contains(name)) {
                makeRoom(name, size - freed);
            }
            if (fits(name, size - freed)) {
                traits.put(name, value);
                traitBytes += size - freed;
            }
        });
    }

    private boolean fits(String trait, int bytes) {
        return (traits.size() < MAX_TRAITS || traits.containsKey(trait)) && traitBytes + bytes <= MAX_TRAITS_BYTES;
    }

    /** Safe for whoever it is of, since no word means no consent; what is said about mails is kept before all else. */
    private void forgetOldestConsent() {
        Comparator<Map.Entry<String, Consent>> age =
                Comparator.comparing(entry -> entry.getValue().at());
        consents.entrySet().stream()
                .min(Comparator.comparing((Map.Entry<String, Consent> entry) ->
                                entry.getValue().channel().equals("email"))
                        .thenComparing(age)
                        .thenComparing(Map.Entry.comparingByKey()))
                .ifPresent(oldest -> consents.remove(oldest.getKey()));
    }

    /** Drops other traits than those that are kept first, from the last name on, until one more fits. */
    private void makeRoom(String name, int bytes) {
        // By name, since the order in which they were declared is not stored.
        for (String other : new TreeSet<>(traits.keySet()).descendingSet()) {
            if (fits(name, bytes)) {
                return;
            }
            if (!KEPT_FIRST.contains(other)) {
                traitBytes -= size(other, Objects.requireNonNull(traits.remove(other)));
            }
        }
    }

    private static int size(String name, Object value) {
        if (value instanceof String text) {
            // What is too long anyway need not be encoded to see it.
            return name.length()
                    + (text.length() > MAX_TRAIT_BYTES ? text.length() : text.getBytes(StandardCharsets.UTF_8).length);
        }
        return name.length() + (value instanceof Boolean ? 5 : JSON.writeValueAsBytes(value).length);
    }

    private double[] bucket(long at) {
        long bucket = Math.floorDiv(at, BUCKET_DAYS * (long) DAY_MILLIS);
        double[] counts = buckets.get(bucket);
        if (counts == null) {
            counts = new double[COLUMNS];
            buckets.put(bucket, counts);
            while (buckets.firstKey() <= bucket - BUCKETS_A_PERIOD * PERIODS) {
                buckets.pollFirstEntry();
            }
        }
        return counts;
    }

    ZoneId zone() {
        return timezone == null ? ZoneOffset.UTC : ZoneId.of(timezone);
    }

    /** Refunds subtracted; in the deployment's currency. */
    public double spend() {
        return values.sum() - refunded;
    }

    public long orders() {
        return orders;
    }

    /** Mails delivered. */
    public long delivered() {
        return delivered;
    }

    public long activities() {
        return activities;
    }

    public @Nullable Instant firstSeenAt() {
        return instant(firstSeenAt);
    }

    public @Nullable Instant lastActivityAt() {
        return instant(lastActivityAt);
    }

    public @Nullable Instant firstOrderAt() {
        return instant(firstOrderAt);
    }

    public @Nullable Instant lastOrderAt() {
        return instant(lastOrderAt);
    }

    public Map<String, @Nullable Object> traits() {
        return traits;
    }

    public List<Consent> consents() {
        return List.copyOf(consents.values());
    }

    @Nullable
    Consent consent(String channel, String purpose) {
        return consents.get(channel + "/" + purpose);
    }

    public @Nullable String timezone() {
        return timezone;
    }

    public @Nullable String locale() {
        return locale;
    }

    private static @Nullable Instant instant(long millis) {
        return millis == NEVER ? null : Instant.ofEpochMilli(millis);
    }

    /**
     * The last twelve periods of 30 days: six buckets of five days each, counted from 1970 in UTC, the newest of which
     * contains {@code asOf} and so has just begun or is nearly over.
     *
     * @return shape [12][6], oldest first, columns as in {@link FeatureSchema#PERIOD_NAMES}
     */
    public float[][] periods(Instant asOf) {
        double[][] sums = new double[PERIODS][COLUMNS];
        // A date-only row of today lies at noon and may be ahead of asOf; it still belongs to today.
        long now = Math.floorDiv(LocalDate.ofInstant(asOf, ZoneOffset.UTC).toEpochDay(), (long) BUCKET_DAYS);
        buckets.forEach((bucket, counts) -> {
            long age = now - bucket;
            if (age >= 0 && age < BUCKETS_A_PERIOD * PERIODS) {
                double[] period = sums[PERIODS - 1 - (int) (age / BUCKETS_A_PERIOD)];
                for (int column = 0; column < COLUMNS; column++) {
                    period[column] += counts[column];
                }
            }
        });
        float[][] periods = new float[PERIODS][COLUMNS];
        for (int p = 0; p < PERIODS; p++) {
            for (int column = 0; column < COLUMNS; column++) {
                periods[p][column] = (float) sums[p][column];
            }
        }
        return periods;
    }

    /** What was declared: traits and consents. */
    public String declaredJson() {
        return JSON.writeValueAsString(new Declared(traits, consents()));
    }

    /** All but what was declared. */
    public byte[] toBytes() {
        Codec.Writer writer = new Codec.Writer();
        transfer(writer);
        return writer.bytes();
    }

    /**
     * The state that was stored in these two parts.
     *
     * @throws IllegalArgumentException when the bytes are not a state of {@link #FORMAT}
     */
    public static SubscriberState of(byte[] bytes, String declaredJson) {
        SubscriberState state = new SubscriberState();
        Codec.Reader reader = new Codec.Reader(bytes);
        try {
            state.transfer(reader);
        } catch (BufferUnderflowException cut) {
            throw new IllegalArgumentException("a stored state is cut off at %d bytes".formatted(bytes.length), cut);
        }
        if (!reader.atEnd()) {
            throw new IllegalArgumentException("a stored state is longer than its format");
        }
        Declared declared = JSON.readValue(declaredJson, Declared.class);
        state.traits = new LinkedHashMap<>(declared.traits());
        for (Consent consent : declared.consents()) {
            state.consents.put(consent.channel() + "/" + consent.purpose(), consent);
        }
        return state;
    }

    /** Every field in a fixed order; one that changes its place or meaning needs a new {@link #FORMAT}. */
    private void transfer(Codec codec) {
        behaved.transfer(codec);
        declared.transfer(codec);
        zoned.transfer(codec);
        responses.transfer(codec);
        activities = codec.count(activities);
        firstSeenAt = codec.time(firstSeenAt);
        lastActivityAt = codec.time(lastActivityAt);
        activeDays = codec.count(activeDays);
        lastActiveDay = codec.time(lastActiveDay);
        activeGaps.transfer(codec);
        timezone = codec.text(timezone);
        locale = codec.text(locale);
        traitBytes = (int) codec.count(traitBytes);
        orders = codec.count(orders);
        if (orders > 0) {
            orders(codec);
        }
        refunds = codec.count(refunds);
        refunded = codec.number(refunded);
        visits = codec.count(visits);
        if (visits > 0) {
            visits(codec);
        }
        mail(codec);
        for (Decay decay : new Decay[] {
            ordersDecay,
            spendDecay,
            activityDecay,
            visitDecay,
            pageDecay,
            productDecay,
            browseDecay,
            cartDecay,
            checkoutDecay,
            promotionDecay,
            socialDecay,
            deliveredDecay,
            openDecay,
            clickDecay
        }) {
            decay.transfer(codec);
        }
        codec.counts(hours);
        codec.counts(weekdays);
        codec.counts(devices);
        codec.counts(channels);
        lastHour = (int) codec.count(lastHour + 1) - 1;
        lastDevice = (int) codec.count(lastDevice + 1) - 1;
        lastChannel = (int) codec.count(lastChannel + 1) - 1;
        newCategories = codec.count(newCategories);
        categories(codec);
        buckets(codec);
    }

    private void orders(Codec codec) {
        orderDays = codec.count(orderDays);
        lastOrderDay = codec.time(lastOrderDay);
        firstOrderAt = codec.time(firstOrderAt);
        lastOrderAt = codec.time(lastOrderAt);
        values.transfer(codec);
        valueMin = codec.number(valueMin);
        valueMax = codec.number(valueMax);
        lastValue = codec.number(lastValue);
        unconverted = codec.count(unconverted);
        items.transfer(codec);
        prices.transfer(codec);
        discountedOrders = codec.count(discountedOrders);
        discountDepth.transfer(codec);
        gaps.transfer(codec);
        lastGap = codec.number(lastGap);
        repeatOrders = codec.count(repeatOrders);
        categoryOrders = codec.count(categoryOrders);
        codec.counts(quarters);
        holidayOrders = codec.count(holidayOrders);
        cartToOrder.transfer(codec);
        viewToOrder.transfer(codec);
        ordersAfterClick = codec.count(ordersAfterClick);
        int size = (int) codec.count(returns.size());
        for (int i = 0; i < size; i++) {
            if (i == returns.size()) {
                returns.add(new long[2]);
            }
            codec.counts(returns.get(i));
        }
    }

    private void visits(Codec codec) {
        visitStartedAt = codec.time(visitStartedAt);
        lastVisitAt = codec.time(lastVisitAt);
        visitActions = codec.count(visitActions);
        visitOrders = codec.count(visitOrders);
        impulseOrders = codec.count(impulseOrders);
    }

    private void mail(Codec codec) {
        productViews = codec.count(productViews);
        lastProductViewAt = codec.time(lastProductViewAt);
        searches = codec.count(searches);
        lastSearchAt = codec.time(lastSearchAt);
        cartAdds = codec.count(cartAdds);
        cartRemoves = codec.count(cartRemoves);
        lastCartAt = codec.time(lastCartAt);
        checkouts = codec.count(checkouts);
        coupons = codec.count(coupons);
        promotions = codec.count(promotions);
        wishes = codec.count(wishes);
        shares = codec.count(shares);
        reviews = codec.count(reviews);
        ratings.transfer(codec);
        firstCartSinceOrderAt = codec.time(firstCartSinceOrderAt);
        firstViewSinceOrderAt = codec.time(firstViewSinceOrderAt);
        cartAddsSinceOrder = codec.count(cartAddsSinceOrder);
        delivered = codec.count(delivered);
        deliveredSinceOpen = codec.count(deliveredSinceOpen);
        opens = codec.count(opens);
        clicks = codec.count(clicks);
        bounces = codec.count(bounces);
        complaints = codec.count(complaints);
        unsubscribes = codec.count(unsubscribes);
        lastDeliveredAt = codec.time(lastDeliveredAt);
        lastOpenAt = codec.time(lastOpenAt);
        lastClickAt = codec.time(lastClickAt);
        openDelay.transfer(codec);
    }

    private void categories(Codec codec) {
        int size = (int) codec.count(categories.size());
        List<Map.Entry<String, Category>> entries = new ArrayList<>(categories.entrySet());
        for (int i = 0; i < size; i++) {
            boolean writing = i < entries.size();
            String name = codec.text(writing ? entries.get(i).getKey() : "");
            Category category = writing ? entries.get(i).getValue() : new Category();
            category.met = codec.count(category.met);
            category.orders = codec.count(category.orders);
            categories.put(name == null ? "" : name, category);
        }
    }

    private void buckets(Codec codec) {
        int size = (int) codec.count(buckets.size());
        List<Map.Entry<Long, double[]>> entries = new ArrayList<>(buckets.entrySet());
        long previous = 0;
        for (int i = 0; i < size; i++) {
            boolean writing = i < entries.size();
            long bucket = previous + codec.count(writing ? entries.get(i).getKey() - previous : 0);
            previous = bucket;
            double[] counts = writing ? entries.get(i).getValue() : new double[COLUMNS];
            int mask = 0;
            for (int column = 0; column < COLUMNS; column++) {
                mask |= counts[column] == 0 ? 0 : 1 << column;
            }
            mask = (int) codec.count(mask);
            for (int column = 0; column < COLUMNS; column++) {
                if ((mask & 1 << column) != 0) {
                    counts[column] =
                            column == SPEND ? codec.number(counts[column]) : codec.count((long) counts[column]);
                }
            }
            buckets.put(bucket, counts);
        }
    }
}
