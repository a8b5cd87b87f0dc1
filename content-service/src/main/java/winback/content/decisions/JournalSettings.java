package winback.content.decisions;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param dir where decisions are kept until Kafka has them; of this instance alone
 * @param segment size of one file
 * @param most of all files together; when they are full the path answers 503
 */
@ConfigurationProperties("winback.journal")
record JournalSettings(
        @DefaultValue("data/journal") Path dir,
        @DefaultValue("16MB") DataSize segment,
        @DefaultValue("512MB") DataSize most) {}
