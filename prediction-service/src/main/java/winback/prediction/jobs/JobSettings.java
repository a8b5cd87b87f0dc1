package winback.prediction.jobs;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param silence a job fails when rows are missing and nothing has arrived for so long
 * @param kept how long an ended job can be asked for
 */
@ConfigurationProperties("winback.jobs")
record JobSettings(
        @DefaultValue("10m") Duration silence,
        @DefaultValue("365d") Duration kept) {}
