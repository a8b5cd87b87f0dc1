package winback.delivery.recipients;

import java.time.ZoneId;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param zone the deployment's zone, where subscribers of unknown zone are taken to live
 */
@ConfigurationProperties("winback")
public record DefaultZone(@DefaultValue("UTC") ZoneId zone) {}
