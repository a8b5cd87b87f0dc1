package winback.delivery.deliveries;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the mails are rendered.
 *
 * @param url of content-service
 * @param key with role {@code read} there
 * @param connectTimeout how long it may take to be reached
 * @param readTimeout how long it may take to render
 */
@ConfigurationProperties("winback.content")
record ContentSettings(
        @DefaultValue("http://127.0.0.1:8083") URI url,
        @DefaultValue("") String key,
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue("10s") Duration readTimeout) {

    @Override
    public String toString() {
        return "ContentSettings[url=" + url + "]";
    }
}
