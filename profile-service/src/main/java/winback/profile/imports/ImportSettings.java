package winback.profile.imports;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param maxRows of one file: their hashes are kept in memory while it is read, 12 to 48 bytes a row
 * @param inFlight rows sent to Kafka and not yet acknowledged
 * @param atOnce files that one instance reads at the same time
 * @param maxRejections of one import that are listed; further ones are only counted
 * @param keep how long the rejections of an import are kept after its end
 */
@ConfigurationProperties("winback.imports")
record ImportSettings(
        @DefaultValue("5000000") int maxRows,
        @DefaultValue("2000") int inFlight,
        @DefaultValue("4") int atOnce,
        @DefaultValue("100000") int maxRejections,
        @DefaultValue("30d") Duration keep) {

    ImportSettings {
        if (!(maxRows > 0 && inFlight > 0 && atOnce > 0 && maxRejections >= 0)) {
            throw new IllegalArgumentException(
                    "Invalid winback.imports: max-rows, in-flight and at-once are positive, max-rejections is not negative");
        }
        if (keep.isNegative()) {
            throw new IllegalArgumentException("Invalid winback.imports.keep: not negative");
        }
    }
}
