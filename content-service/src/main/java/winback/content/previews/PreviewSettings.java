package winback.content.previews;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param browser a Chromium; absent for the first of the usual names on the path, empty for none
 * @param arguments further ones for it
 * @param timeout of one picture
 */
@ConfigurationProperties("winback.previews")
record PreviewSettings(
        @Nullable String browser,
        @DefaultValue List<String> arguments,
        @DefaultValue("20s") Duration timeout) {}
