package winback.chassis.access;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param ingestPaths path patterns that ask for the role {@code ingest}
 * @param operatePaths path patterns that ask for the role {@code operate} also to be read
 * @param readPaths path patterns whose POSTs ask and change nothing, so that {@code read} is enough
 */
@ConfigurationProperties("winback.access")
record AccessSettings(
        @DefaultValue List<String> ingestPaths,
        @DefaultValue List<String> operatePaths,
        @DefaultValue List<String> readPaths) {}
