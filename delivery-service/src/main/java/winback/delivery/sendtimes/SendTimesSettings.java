package winback.delivery.sendtimes;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param priorStrength how many responses of a subscriber's own weigh as much as everybody's habits
 * @param everybodyPriorStrength how many responses of everybody's weigh as much as the guess that all waking hours are
 *     equal
 * @param halfLife after which a response weighs half
 * @param refresh how often everybody's weights are computed anew, since others' responses change them too
 */
@ConfigurationProperties("winback.send-times")
record SendTimesSettings(
        @DefaultValue("12") double priorStrength,
        @DefaultValue("100") double everybodyPriorStrength,
        @DefaultValue("180d") Duration halfLife,
        @DefaultValue("1h") Duration refresh) {

    SendTimesSettings {
        if (!(priorStrength > 0 && everybodyPriorStrength > 0)) {
            throw new IllegalArgumentException("winback.send-times: prior strengths must be positive, not "
                    + priorStrength + " and " + everybodyPriorStrength);
        }
        if (!halfLife.isPositive() || !refresh.isPositive()) {
            throw new IllegalArgumentException(
                    "winback.send-times: half-life and refresh must be positive, not " + halfLife + " and " + refresh);
        }
    }
}
