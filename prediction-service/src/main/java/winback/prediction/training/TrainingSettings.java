package winback.prediction.training;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param leastCustomers fewer at a cutoff are refused, ≥ 10
 * @param leastOfEach least customers with either outcome: churned and not, or spending at all; ≥ 2
 * @param leastLabelDays least days after a cutoff that outcomes are counted in
 */
@ConfigurationProperties("winback.training")
record TrainingSettings(
        @DefaultValue("100") int leastCustomers,
        @DefaultValue("20") int leastOfEach,
        @DefaultValue("7") int leastLabelDays) {

    TrainingSettings {
        if (leastCustomers < 10 || leastOfEach < 2 || leastLabelDays < 2) {
            throw new IllegalArgumentException(
                    "Invalid training settings: " + leastCustomers + ", " + leastOfEach + ", " + leastLabelDays);
        }
    }
}
