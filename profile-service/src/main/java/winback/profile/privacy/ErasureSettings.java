package winback.profile.privacy;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param margin between the longest that a topic keeps anything and the promise to the person: for what was under way
 *     when the erasure was asked for
 * @param repeatAfter how long after the first telling an erasure is told once more, for what was under way then
 */
@ConfigurationProperties("winback.erasure")
record ErasureSettings(
        @DefaultValue("1h") Duration margin,
        @DefaultValue("1m") Duration repeatAfter) {

    ErasureSettings {
        if (margin.isNegative() || repeatAfter.isNegative()) {
            throw new IllegalArgumentException("Invalid winback.erasure: " + margin + ", " + repeatAfter);
        }
    }
}
