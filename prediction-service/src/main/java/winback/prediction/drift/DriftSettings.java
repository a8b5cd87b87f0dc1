package winback.prediction.drift;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param every how often what the live models see and say is compared with what they were fitted on; 0 for never
 * @param outcomesEvery how often their predictions are compared with what happened; 0 for never
 * @param customers most that are looked at, 100 to 1,000,000
 * @param threshold index above which a feature or the score has drifted, chance and time apart; > 0
 * @param eceTolerance calibration error up to which churn raises no alert however sure it is, in [0, 1]
 * @param totalTolerance by how much the total of value may be off likewise, as a part of it, ≥ 0
 * @param alertsKept how long an alert that was closed can be asked for
 */
@ConfigurationProperties("winback.drift")
record DriftSettings(
        @DefaultValue("1h") Duration every,
        @DefaultValue("7d") Duration outcomesEvery,
        @DefaultValue("20000") int customers,
        @DefaultValue("" + Stability.SHIFTED) double threshold,
        @DefaultValue(".05") double eceTolerance,
        @DefaultValue(".2") double totalTolerance,
        @DefaultValue("365d") Duration alertsKept) {

    private static final int MOST_CUSTOMERS = 1_000_000;

    DriftSettings {
        if (every.isNegative()
                || outcomesEvery.isNegative()
                || customers < 100
                || customers > MOST_CUSTOMERS
                || !(threshold > 0)) {
            throw new IllegalArgumentException(
                    "Invalid drift settings: %s, %s, %d, %s".formatted(every, outcomesEvery, customers, threshold));
        }
        if (!(eceTolerance >= 0 && eceTolerance <= 1) || !(totalTolerance >= 0)) {
            throw new IllegalArgumentException(
                    "Invalid drift tolerances: %s, %s".formatted(eceTolerance, totalTolerance));
        }
    }
}
