package winback.chassis.access;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param ingestPaths path patterns that ask for the role {@code ingest}
 * @param operatePaths path patterns that ask for the role {@code operate} also to be read
 */
@ConfigurationProperties("winback.access")
record AccessSettings(
        @DefaultValue List<String> ingestPaths,
        @DefaultValue List<String> operatePaths) {}
