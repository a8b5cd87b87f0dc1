package winback.prediction.training;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param leastCustomers fewer at a cutoff are refused, ≥ 10
 * @param leastOfEach least customers with either outcome: churned and not, or spending at all; ≥ 2
 * @param leastLabelDays least days after a cutoff that outcomes are counted in
 * @param every a model whose newest training is older is trained again, 1 hour to 365 days; 0 for never
 */
@ConfigurationProperties("winback.training")
record TrainingSettings(
        @DefaultValue("100") int leastCustomers,
        @DefaultValue("20") int leastOfEach,
        @DefaultValue("7") int leastLabelDays,
        @DefaultValue("7d") Duration every) {

    TrainingSettings {
        if (leastCustomers < 10 || leastOfEach < 2 || leastLabelDays < 2) {
            throw new IllegalArgumentException(
                    "Invalid training settings: " + leastCustomers + ", " + leastOfEach + ", " + leastLabelDays);
        }
        if (!every.isZero()
                && (every.compareTo(Duration.ofHours(1)) < 0 || every.compareTo(Duration.ofDays(365)) > 0)) {
            throw new IllegalArgumentException("Invalid winback.training.every: " + every);
        }
    }
}
