package winback.content.decisions;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param recent memory, off the heap, for the newest decisions, for those who ask before they are in the database
 * @param budget what an answer may take before its remaining stages are replaced by their fallbacks, unless the request says
 *     otherwise
 * @param staleAfter features and scores that describe an instant longer ago are not used
 * @param defaultHour local hour of the estimate for those whose best hour is unknown
 * @param quietFrom local hour from which nobody is written to
 * @param quietUntil local hour until which nobody is written to; equal to {@code quietFrom} for no quiet hours
 * @param keep how long decisions stay in the database; at least 120 days, since responses count for up to 90
 * @param purgeEvery how often older ones are removed
 */
@ConfigurationProperties("winback.decisions")
public record DecisionSettings(
        @DefaultValue("64MB") DataSize recent,
        @DefaultValue("50ms") Duration budget,
        @DefaultValue("24h") Duration staleAfter,
        @DefaultValue("10") int defaultHour,
        @DefaultValue("21") int quietFrom,
        @DefaultValue("8") int quietUntil,
        @DefaultValue("400d") Duration keep,
        @DefaultValue("1h") Duration purgeEvery) {

    public DecisionSettings {
        if (recent.toMegabytes() < 1 || recent.toGigabytes() > 8) {
            throw new IllegalArgumentException("Invalid winback.decisions.recent: 1MB to 8GB, not " + recent);
        }
        if (budget.isNegative() || budget.isZero()) {
            throw new IllegalArgumentException("Invalid winback.decisions.budget: " + budget);
        }
        if (keep.compareTo(Duration.ofDays(120)) < 0) {
            throw new IllegalArgumentException("Invalid winback.decisions.keep: at least 120 days, not " + keep);
        }
        if (!isHour(defaultHour) || !isHour(quietFrom) || !isHour(quietUntil)) {
            throw new IllegalArgumentException("Invalid winback.decisions: an hour is 0 to 23");
        }
    }

    private static boolean isHour(int hour) {
        return hour >= 0 && hour <= 23;
    }
}
