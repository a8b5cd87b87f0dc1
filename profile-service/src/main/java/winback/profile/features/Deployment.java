package winback.profile.features;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param currency ISO 4217 of all sums; amounts in another one are converted by {@link Rates}
 */
@ConfigurationProperties("winback")
public record Deployment(@DefaultValue("USD") String currency) {

    public Deployment {
        if (!currency.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException("Invalid winback.currency: " + currency);
        }
    }
}
