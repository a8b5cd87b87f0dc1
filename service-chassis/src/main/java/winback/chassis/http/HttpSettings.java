package winback.chassis.http;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.http.server.PathContainer;
import org.springframework.util.unit.DataSize;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * @param maxBody the largest body after inflation
 * @param streamedPaths path prefixes whose bodies are streamed and bounded by their own reader
 * @param idempotentPaths paths whose POSTs create something and honour {@code Idempotency-Key}; {@code *} stands for one segment
 */
@ConfigurationProperties("winback.http")
record HttpSettings(
        @DefaultValue("1MB") DataSize maxBody,
        @DefaultValue List<String> streamedPaths,
        @DefaultValue List<String> idempotentPaths) {

    boolean streamed(String path) {
        return streamedPaths.stream().anyMatch(path::startsWith);
    }

    boolean idempotent(String path) {
        PathContainer parsed = PathContainer.parsePath(path);
        return idempotentPaths.stream()
                .anyMatch(pattern ->
                        PathPatternParser.defaultInstance.parse(pattern).matches(parsed));
    }
}
