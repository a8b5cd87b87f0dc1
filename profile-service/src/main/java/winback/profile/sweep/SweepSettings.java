package winback.profile.sweep;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param every how often everybody is recomputed; at most 24 h, since nothing older is decided upon
 * @param rate subscribers a second, so that live activity goes first
 */
@ConfigurationProperties("winback.sweep")
record SweepSettings(
        @DefaultValue("6h") Duration every,
        @DefaultValue("2000") int rate) {

    SweepSettings {
        if (!(every.toSeconds() > 0 && every.toHours() <= 24)) {
            throw new IllegalArgumentException("Invalid winback.sweep.every: " + every + ", up to 24 hours");
        }
        if (!(rate > 0)) {
            throw new IllegalArgumentException("Invalid winback.sweep.rate: " + rate + ", at least 1 a second");
        }
    }
}
