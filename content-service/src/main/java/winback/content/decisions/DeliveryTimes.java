package winback.content.decisions;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import winback.content.cache.Subscriber;

/** The estimate of when a mail will go. The promise is delivery-service's. */
@Component
class DeliveryTimes {

    private static final Duration AHEAD = Duration.ofMinutes(1);

    private final DecisionSettings settings;
    private final ZoneId deploymentZone;

    DeliveryTimes(DecisionSettings settings, @Value("${winback.zone:UTC}") ZoneId deploymentZone) {
        this.settings = settings;
        this.deploymentZone = deploymentZone;
    }

    /**
     * Outside quiet hours: now, when it is immediate; else the next occurrence of the best hour, at least a minute ahead.
     * To the millisecond.
     */
    Instant estimate(@Nullable Subscriber subscriber, boolean immediate, Instant now) {
        ZoneId zone = zone(subscriber);
        if (immediate) {
            ZonedDateTime local = now.truncatedTo(ChronoUnit.MILLIS).atZone(zone);
            return (isQuiet(local.getHour()) ? next(local, settings.quietUntil()) : local).toInstant();
        }
        ZonedDateTime earliest = now.truncatedTo(ChronoUnit.MILLIS).plus(AHEAD).atZone(zone);
        int hour = subscriber == null || !subscriber.hasSendTimes() ? settings.defaultHour() : subscriber.bestHour();
        return next(earliest, isQuiet(hour) ? settings.quietUntil() : hour).toInstant();
    }

    private ZoneId zone(@Nullable Subscriber subscriber) {
        ZoneId known = subscriber == null ? null : subscriber.zone();
        return known == null ? deploymentZone : known;
    }

    private boolean isQuiet(int hour) {
        int from = settings.quietFrom();
        int until = settings.quietUntil();
        return from <= until ? hour >= from && hour < until : hour >= from || hour < until;
    }

    /** Not before {@code earliest}. Where the clock skips the hour it is the one after. */
    private static ZonedDateTime next(ZonedDateTime earliest, int hour) {
        LocalTime time = LocalTime.of(hour, 0);
        ZonedDateTime today = ZonedDateTime.of(earliest.toLocalDate(), time, earliest.getZone());
        return today.isBefore(earliest)
                ? ZonedDateTime.of(earliest.toLocalDate().plusDays(1), time, earliest.getZone())
                : today;
    }
}
