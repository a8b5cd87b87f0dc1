package winback.delivery.deliveries;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param keep how long a delivery is kept after it ended; at least 31 days, since the gap between mails looks back
 * @param purgeEvery how often older ones are removed
 */
@ConfigurationProperties("winback.deliveries")
record RetentionSettings(
        @DefaultValue("400d") Duration keep,
        @DefaultValue("1h") Duration purgeEvery) {

    RetentionSettings {
        if (keep.compareTo(Duration.ofDays(31)) < 0) {
            throw new IllegalArgumentException("winback.deliveries.keep: at least 31 days, not " + keep);
        }
    }
}
