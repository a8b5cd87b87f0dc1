package winback.profile.features;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What money of other currencies is worth in the deployment's, by day. The rate of a day holds until the next one, for a
 * month at most; without one an amount is unknown, and counted in nothing.
 */
public final class Rates {

    /** Rates are published on working days; one that is older than this is no rate of the day. */
    public static final Period HOLDS = Period.ofDays(31);

    private final String currency;
    /** By currency and day: how many of the deployment's for one of the other. */
    private final Map<String, NavigableMap<LocalDate, BigDecimal>> byCurrency;

    /** @param currency the deployment's, ISO 4217 */
    public Rates(String currency, Map<String, NavigableMap<LocalDate, BigDecimal>> byCurrency) {
        this.currency = currency;
        Map<String, NavigableMap<LocalDate, BigDecimal>> copy = new HashMap<>();
        byCurrency.forEach((code, days) -> copy.put(code, new TreeMap<>(days)));
        this.byCurrency = Map.copyOf(copy);
    }

    /** A deployment that knows no other currency. */
    public static Rates none(String currency) {
        return new Rates(currency, Map.of());
    }

    public String currency() {
        return currency;
    }

    /** The activity's amount in the deployment's currency; NaN when it has none or there is no rate. */
    public double amount(Activity activity) {
        BigDecimal amount = activity.amount();
        return amount == null ? Double.NaN : amount.doubleValue() * rate(activity.currency(), activity.at());
    }

    /** The same of its discount. */
    double discount(Activity activity) {
        return activity.discount() * rate(activity.currency(), activity.at());
    }

    /**
     * @param from null for the deployment's
     * @return how many of the deployment's for one; NaN when there is no rate
     */
    public double rate(@Nullable String from, Instant at) {
        if (from == null || from.equals(currency)) {
            return 1;
        }
        NavigableMap<LocalDate, BigDecimal> days = byCurrency.get(from);
        if (days == null) {
            return Double.NaN;
        }
        LocalDate day = LocalDate.ofInstant(at, ZoneOffset.UTC);
        Map.Entry<LocalDate, BigDecimal> newest = days.floorEntry(day);
        return newest == null || newest.getKey().plus(HOLDS).isBefore(day)
                ? Double.NaN
                : newest.getValue().doubleValue();
    }
}
