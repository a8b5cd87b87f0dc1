package winback.profile.imports;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param maxRows of one file: their hashes are kept in memory while it is read, 12 to 48 bytes a row
 * @param inFlight rows sent to Kafka and not yet acknowledged
 */
@ConfigurationProperties("winback.imports")
record ImportSettings(
        @DefaultValue("5000000") int maxRows,
        @DefaultValue("2000") int inFlight) {

    ImportSettings {
        if (!(maxRows > 0 && inFlight > 0)) {
            throw new IllegalArgumentException("Invalid winback.imports: max-rows and in-flight are positive");
        }
    }
}
