package winback.profile.features;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
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
 * @param window w, whole days from 30 to 365
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
        if (!(window.toDays() >= 30 && window.toDays() <= 365)) {
            throw new IllegalArgumentException("Invalid winback.lifecycle.window: " + window + ", 30 to 365 days");
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
        if (state.orders > 1 && state.returned((int) window.toDays(), LocalDate.ofInstant(asOf, ZoneOffset.UTC))) {
            return Stage.WON_BACK;
        }
        return r > w / 2 ? Stage.AT_RISK : Stage.ACTIVE;
    }
}
