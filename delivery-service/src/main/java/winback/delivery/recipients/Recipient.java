package winback.delivery.recipients;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import winback.contracts.ProfileChanged;

/**
 * What mailing needs to know of a subscriber.
 *
 * @param version of the profile
 * @param profileAsOf the instant that the profile describes
 * @param address absent when none was declared or it cannot be one
 * @param consent to marketing by e-mail: the newest word on it; absent when there is none, which means no
 * @param timezone absent when unknown or no IANA zone
 */
public record Recipient(
        String subscriberId,
        long version,
        Instant profileAsOf,
        @Nullable Address address,
        @Nullable Consent consent,
        @Nullable ZoneId timezone,
        String lifecycle) {

    /** Agreement or refusal, where and when it was given. */
    public record Consent(boolean granted, String source, Instant at) {}

    /** Whether the subscriber agreed to marketing by e-mail and has not taken it back. */
    public boolean consents() {
        return consent != null && consent.granted();
    }

    static Recipient of(ProfileChanged profile) {
        return new Recipient(
                profile.subscriberId(),
                profile.version(),
                profile.featuresAsOf(),
                Address.of(profile.traits().get("email")).orElse(null),
                profile.consents().stream()
                        .filter(consent -> consent.channel().equals("email")
                                && consent.purpose().equals("marketing"))
                        // Of two at the same instant the stricter counts.
                        .max(Comparator.comparing(ProfileChanged.Consent::at)
                                .thenComparing(consent -> !consent.granted()))
                        .map(consent -> new Consent(consent.granted(), consent.source(), consent.at()))
                        .orElse(null),
                zone(profile.timezone()).orElse(null),
                profile.lifecycle());
    }

    /** The zone of that name; empty when there is no name or no such zone. */
    public static Optional<ZoneId> zone(@Nullable String name) {
        if (name == null || !ZoneId.getAvailableZoneIds().contains(name)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ZoneId.of(name));
        } catch (DateTimeException notLoadable) {
            return Optional.empty();
        }
    }
}
