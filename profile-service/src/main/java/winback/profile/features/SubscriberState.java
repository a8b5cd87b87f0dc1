package winback.profile.features;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
 * {@link #accepts} tells whether an activity would come too late on its line, and then the state is rebuilt from the
 * stored activity.
 *
 * <p>Bounds: {@value #DAYS_KEPT} days of daily counts, {@value #MAX_CATEGORIES} categories, {@value #MAX_TRAITS} traits of
 * at most {@value #MAX_TRAIT_BYTES} bytes, {@value #MAX_CONSENTS} consents.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
public final class SubscriberState {

    /** Grows when the meaning of a field changes; a state of another format is rebuilt from the stored activity. */
    public static final int FORMAT = 1;

    static final long NEVER = Long.MIN_VALUE;
    static final double DAY_MILLIS = TimeUnit.DAYS.toMillis(1);
    /** Twelve 30-day periods, and the longest lifecycle window before them. */
    static final int DAYS_KEPT = 400;

    static final int MAX_CATEGORIES = 30;
    static final int MAX_TRAITS = 100;
    static final int MAX_TRAIT_BYTES = 1024;
    static final int MAX_CONSENTS = 20;

    /** Columns of {@link #days}. */
    static final int ORDERS = 0, SPEND = 1, OPENS = 2, CLICKS = 3, OTHERS = 4, DAY_COLUMNS = 5;

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    /** The last activity that counts for anything. */
    Position behaved = Position.NONE;
    /** The last activity that declares a trait, a consent, a zone or a locale. */
    Position declared = Position.NONE;
    /** The last activity that declares a zone. */
    Position zoned = Position.NONE;

    long activities;
    long firstSeenAt = NEVER;
    /** The last thing that the person did. */
    long lastActivityAt = NEVER;

    long orders;
    /** Distinct calendar days with an order: the subscriber's days, UTC days for date-only rows and unknown zones. */
    long orderDays;
    /** Epoch day. */
    long lastOrderDay = NEVER;

    long firstOrderAt = NEVER;
    long lastOrderAt = NEVER;
    /** Sum of order amounts in the deployment's currency; refunds apart. */
    double orderSpend;

    double refunded;
    long refunds;
    /** Orders whose amount is known and in the deployment's currency; the next four describe those. */
    long valuedOrders;

    double valueMean;
    /** Welford's sum of squared distances from the mean. */
    double valueM2;

    double valueMin;
    double valueMax;
    double lastValue;
    long itemOrders;
    double items;
    long discountedOrders;
    /** Gaps between consecutive order days, in days: count is orderDays − 1. */
    double gapMean;

    double gapM2;

    Decay ordersDecay = new Decay();
    Decay spendDecay = new Decay();
    Decay activityDecay = new Decay();
    Decay pageDecay = new Decay();
    Decay productDecay = new Decay();
    Decay cartDecay = new Decay();
    Decay deliveredDecay = new Decay();
    Decay openDecay = new Decay();
    Decay clickDecay = new Decay();

    long delivered;
    long opens;
    long clicks;
    long bounces;
    long productViews;
    long lastDeliveredAt = NEVER;
    long lastOpenAt = NEVER;
    long lastClickAt = NEVER;
    long lastProductViewAt = NEVER;

    /** Shape [24], what the person did by local hour; only where the hour is known. */
    long[] hours = new long[24];
    /** Shape [7], Monday first, by local day; date-only rows count, their day is known. */
    long[] weekdays = new long[7];

    long mobile;
    /** Activities of which it is known whether they were mobile. */
    long devices;

    Map<String, Long> categories = new TreeMap<>();

    /** By epoch day (UTC), shape [{@value #DAY_COLUMNS}]: orders, spend, opens, clicks, others. */
    TreeMap<Long, double[]> days = new TreeMap<>();

    Map<String, @Nullable Object> traits = new LinkedHashMap<>();
    Map<String, Consent> consents = new TreeMap<>();

    @Nullable
    String timezone;

    @Nullable
    String locale;

    /** A place in the order of application. */
    record Position(long at, String id) implements Comparable<Position> {
        static final Position NONE = new Position(NEVER, "");

        static Position of(Activity activity) {
            return new Position(activity.at().toEpochMilli(), activity.id());
        }

        @Override
        public int compareTo(Position other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : id.compareTo(other.id);
        }

        boolean after(Position other) {
            return compareTo(other) > 0;
        }
    }

    /** Whether applying this activity now is the same as having applied it in its turn. */
    public boolean accepts(Activity activity) {
        Position position = Position.of(activity);
        boolean declares = declares(activity);
        boolean behaves = activity.kind() != ActivityKind.IDENTIFY;
        // A zone gives the hours of what follows it; date-only rows have none.
        boolean needsZone = behaves && activity.precision() == TimePrecision.INSTANT;
        return (!declares || position.after(declared))
                && (!behaves && activity.timezone() == null || position.after(behaved))
                && (!needsZone || position.after(zoned));
    }

    private static boolean declares(Activity activity) {
        return !activity.traits().isEmpty()
                || !activity.consents().isEmpty()
                || activity.timezone() != null
                || activity.locale() != null;
    }

    /**
     * Applies an activity that is {@link #accepts accepted}.
     *
     * @param currency the deployment's; an amount in another one is not added to sums in this one
     */
    public void apply(Activity activity, String currency) {
        if (!accepts(activity)) {
            throw new IllegalArgumentException("activity out of order: " + activity.at());
        }
        long at = activity.at().toEpochMilli();
        activities++;
        firstSeenAt = firstSeenAt == NEVER ? at : Math.min(firstSeenAt, at);
        if (declares(activity)) {
            declared = Position.of(activity);
            declare(activity);
        }
        if (activity.timezone() != null) {
            zoned = Position.of(activity);
        }
        if (activity.kind() == ActivityKind.IDENTIFY) {
            return;
        }
        behaved = Position.of(activity);
        if (activity.machine()) {
            return;
        }
        count(activity, at, currency);
        if (activity.kind().byPerson()) {
            lastActivityAt = at;
            activityDecay.add(1, at);
            ZonedDateTime local = local(activity);
            weekdays[local.getDayOfWeek().getValue() - 1]++;
            if (activity.precision() == TimePrecision.INSTANT) {
                hours[local.getHour()]++;
            }
            if (activity.mobile() != null) {
                devices++;
                mobile += activity.mobile() ? 1 : 0;
            }
        }
        for (String category : activity.categories()) {
            if (categories.containsKey(category) || categories.size() < MAX_CATEGORIES) {
                categories.merge(category, 1L, Long::sum);
            }
        }
    }

    private void count(Activity activity, long at, String currency) {
        switch (activity.kind()) {
            case ORDER -> order(activity, at, currency);
            case REFUND -> {
                refunds++;
                double amount = amountIn(currency, activity);
                if (!Double.isNaN(amount)) {
                    refunded -= amount;
                    spendDecay.add(amount, at);
                    day(at)[SPEND] += amount;
                }
            }
            case PRODUCT_VIEW -> {
                productViews++;
                productDecay.add(1, at);
                lastProductViewAt = at;
                day(at)[OTHERS]++;
            }
            case CART_ADD -> {
                cartDecay.add(1, at);
                day(at)[OTHERS]++;
            }
            case PAGE_VIEW -> {
                pageDecay.add(1, at);
                day(at)[OTHERS]++;
            }
            case EMAIL_DELIVERED -> {
                delivered++;
                deliveredDecay.add(1, at);
                lastDeliveredAt = at;
            }
            case EMAIL_OPEN -> {
                opens++;
                openDecay.add(1, at);
                lastOpenAt = at;
                day(at)[OPENS]++;
            }
            case EMAIL_CLICK -> {
                clicks++;
                clickDecay.add(1, at);
                lastClickAt = at;
                day(at)[CLICKS]++;
            }
            case EMAIL_BOUNCE -> bounces++;
            case EMAIL_SPAM, UNSUBSCRIBE, OTHER -> day(at)[OTHERS]++;
            case IDENTIFY -> {}
        }
    }

    private void order(Activity activity, long at, String currency) {
        orders++;
        ordersDecay.add(1, at);
        day(at)[ORDERS]++;
        if (firstOrderAt == NEVER) {
            firstOrderAt = at;
        }
        lastOrderAt = at;
        long today = local(activity).toLocalDate().toEpochDay();
        if (lastOrderDay == NEVER) {
            orderDays = 1;
            lastOrderDay = today;
        } else if (today > lastOrderDay) {
            double gap = today - lastOrderDay;
            // Welford (1962), on the gaps: n is the number of gaps with this one.
            double n = orderDays;
            double distance = gap - gapMean;
            gapMean += distance / n;
            gapM2 += distance * (gap - gapMean);
            orderDays++;
            lastOrderDay = today;
        }
        double amount = amountIn(currency, activity);
        if (!Double.isNaN(amount)) {
            orderSpend += amount;
            spendDecay.add(amount, at);
            day(at)[SPEND] += amount;
            valuedOrders++;
            double distance = amount - valueMean;
            valueMean += distance / valuedOrders;
            valueM2 += distance * (amount - valueMean);
            valueMin = valuedOrders == 1 ? amount : Math.min(valueMin, amount);
            valueMax = valuedOrders == 1 ? amount : Math.max(valueMax, amount);
            lastValue = amount;
        }
        if (!Double.isNaN(activity.quantity())) {
            itemOrders++;
            items += activity.quantity();
        }
        if (activity.discounted()) {
            discountedOrders++;
        }
    }

    /** NaN when unknown or in another currency: there are no exchange rates here. */
    static double amountIn(String currency, Activity activity) {
        BigDecimal amount = activity.amount();
        return amount == null
                        || activity.currency() != null && !activity.currency().equals(currency)
                ? Double.NaN
                : amount.doubleValue();
    }

    private void declare(Activity activity) {
        if (activity.timezone() != null) {
            timezone = activity.timezone();
        }
        if (activity.locale() != null) {
            locale = activity.locale();
        }
        for (Consent consent : activity.consents()) {
            String key = consent.channel() + "/" + consent.purpose();
            if (consents.containsKey(key) || consents.size() < MAX_CONSENTS) {
                consents.put(key, consent);
            }
        }
        activity.traits().forEach((name, value) -> {
            if (name.equals("consents") || name.length() > 255) {
                return;
            }
            if (value == null) {
                traits.remove(name);
            } else if ((traits.containsKey(name) || traits.size() < MAX_TRAITS) && size(value) <= MAX_TRAIT_BYTES) {
                traits.put(name, value);
            }
        });
    }

    private static int size(Object value) {
        return value instanceof String text && text.length() <= MAX_TRAIT_BYTES
                ? text.getBytes(StandardCharsets.UTF_8).length
                : JSON.writeValueAsBytes(value).length;
    }

    private double[] day(long at) {
        long day = Math.floorDiv(at, (long) DAY_MILLIS);
        double[] counts = days.get(day);
        if (counts == null) {
            counts = new double[DAY_COLUMNS];
            days.put(day, counts);
            while (days.firstKey() <= day - DAYS_KEPT) {
                days.pollFirstEntry();
            }
        }
        return counts;
    }

    private ZonedDateTime local(Activity activity) {
        return activity.at().atZone(activity.precision() == TimePrecision.DAY ? ZoneOffset.UTC : zone());
    }

    ZoneId zone() {
        return timezone == null ? ZoneOffset.UTC : ZoneId.of(timezone);
    }

    /** Refunds subtracted; in the deployment's currency. */
    public double spend() {
        return orderSpend - refunded;
    }

    public long orders() {
        return orders;
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
     * The last twelve 30-day periods before {@code asOf}, by UTC days, the day of {@code asOf} included.
     *
     * @return shape [12][5], oldest first, columns as in {@link FeatureSchema#PERIOD_NAMES}
     */
    public float[][] periods(Instant asOf) {
        double[][] sums = new double[12][DAY_COLUMNS];
        long today = LocalDate.ofInstant(asOf, ZoneOffset.UTC).toEpochDay();
        days.forEach((day, counts) -> {
            // A date-only row of today lies at noon and may be ahead of asOf; it still belongs to today.
            long age = today - day;
            if (age >= 0 && age < 360) {
                double[] period = sums[11 - (int) (age / 30)];
                for (int column = 0; column < DAY_COLUMNS; column++) {
                    period[column] += counts[column];
                }
            }
        });
        float[][] periods = new float[12][DAY_COLUMNS];
        for (int p = 0; p < 12; p++) {
            for (int column = 0; column < DAY_COLUMNS; column++) {
                periods[p][column] = (float) sums[p][column];
            }
        }
        return periods;
    }

    public String toJson() {
        return JSON.writeValueAsString(this);
    }

    public static SubscriberState fromJson(String json) {
        return JSON.readValue(json, SubscriberState.class);
    }
}
