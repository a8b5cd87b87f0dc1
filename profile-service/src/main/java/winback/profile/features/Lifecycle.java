package winback.profile.features;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where a subscriber stands, by the time since the last order; for people without an order, since they last did anything.
 * With {@code w} the window and {@code r} the time since:
 *
 * <ul>
 *   <li>{@code new}: no order yet and first seen less than w ago
 *   <li>{@code won_back}: r ≤ w, and within the last w an order came after a gap longer than w
 *   <li>{@code active}: r ≤ w/2
 *   <li>{@code at_risk}: w/2 &lt; r ≤ w
 *   <li>{@code lapsed}: w &lt; r ≤ 4w
 *   <li>{@code lost}: r &gt; 4w
 * </ul>
 *
 * @param window w, whole days from 1 to 180, since gaps are seen in the daily counts of the last
 *     {@value SubscriberState#DAYS_KEPT} days
 */
@ConfigurationProperties("winback.lifecycle")
public record Lifecycle(@DefaultValue("90d") Duration window) {

    public enum Stage {
        NEW,
        ACTIVE,
        AT_RISK,
        LAPSED,
        LOST,
        WON_BACK;

        /** Such as {@code at_risk}. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Lifecycle {
        if (!(window.toDays() >= 1 && window.toDays() <= 180)) {
            throw new IllegalArgumentException("Invalid winback.lifecycle.window: " + window + ", 1 to 180 days");
        }
    }

    public Stage stage(SubscriberState state, Instant asOf) {
        long now = asOf.toEpochMilli();
        long w = window.toMillis();
        long since = state.lastOrderAt;
        if (since == SubscriberState.NEVER) {
            if (state.firstSeenAt == SubscriberState.NEVER || now - state.firstSeenAt < w) {
                return Stage.NEW;
            }
            since = Math.max(state.lastActivityAt, state.firstSeenAt);
        }
        long r = now - since;
        if (r > 4 * w) {
            return Stage.LOST;
        }
        if (r > w) {
            return Stage.LAPSED;
        }
        if (state.orders > 1 && returned(state, asOf)) {
            return Stage.WON_BACK;
        }
        return r > w / 2 ? Stage.AT_RISK : Stage.ACTIVE;
    }

    /** Whether an order of the last window came after a gap longer than the window. */
    private boolean returned(SubscriberState state, Instant asOf) {
        long w = window.toDays();
        long today = LocalDate.ofInstant(asOf, ZoneOffset.UTC).toEpochDay();
        long previous = Math.floorDiv(state.firstOrderAt, (long) SubscriberState.DAY_MILLIS);
        boolean returned = false;
        for (Map.Entry<Long, double[]> day : state.days.entrySet()) {
            if (day.getValue()[SubscriberState.ORDERS] > 0) {
                returned |= day.getKey() - previous > w && today - day.getKey() <= w;
                previous = day.getKey();
            }
        }
        return returned;
    }
}
