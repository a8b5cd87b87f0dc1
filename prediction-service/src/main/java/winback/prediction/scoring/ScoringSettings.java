package winback.prediction.scoring;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param rescoredPerSecond most subscribers that are scored again in a second after a new model went live, ≥ 10
 */
@ConfigurationProperties("winback.scoring")
record ScoringSettings(@DefaultValue("5000") int rescoredPerSecond) {

    ScoringSettings {
        if (rescoredPerSecond < 10) {
            throw new IllegalArgumentException("Invalid winback.scoring.rescored-per-second: " + rescoredPerSecond);
        }
    }
}
