package winback.delivery.deliveries;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param minGap between two mails to one subscriber, whatever their campaigns; 0 to 30 days, 0 means no cap
 * @param expireAfter a delivery that could not be published for so long after its due time is refused
 * @param spread within which mails of one hour are spread evenly, so that not all leave in its first second; 0 to 59
 *     minutes
 * @param poll how often the worker looks for due deliveries
 * @param batch how many deliveries it takes at a time, and how many mails it fetches at once
 * @param profilePatience how long a delivery waits for a profile that is behind its decision
 * @param mailPatience how long a mail may be unknown to content-service before its delivery is refused
 */
@ConfigurationProperties("winback.delivery")
record DeliverySettings(
        @DefaultValue("24h") Duration minGap,
        @DefaultValue("48h") Duration expireAfter,
        @DefaultValue("15m") Duration spread,
        @DefaultValue("500ms") Duration poll,
        @DefaultValue("24") int batch,
        @DefaultValue("1m") Duration profilePatience,
        @DefaultValue("10m") Duration mailPatience) {

    DeliverySettings {
        within("min-gap", minGap, Duration.ZERO, Duration.ofDays(30));
        within("expire-after", expireAfter, Duration.ofMinutes(1), Duration.ofDays(30));
        within("spread", spread, Duration.ZERO, Duration.ofMinutes(59));
        within("poll", poll, Duration.ofMillis(10), Duration.ofMinutes(1));
        within("profile-patience", profilePatience, Duration.ZERO, Duration.ofHours(1));
        within("mail-patience", mailPatience, Duration.ZERO, Duration.ofDays(1));
        if (batch < 1 || batch > 500) {
            throw new IllegalArgumentException("winback.delivery.batch: 1 to 500, not " + batch);
        }
    }

    private static void within(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "winback.delivery.%s: %s to %s, not %s".formatted(name, least, most, value));
        }
    }
}
