package winback.delivery.deliveries;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.Optional;
import org.springframework.stereotype.Component;
import winback.delivery.quiethours.QuietHours;

/** Finds times for mails: outside quiet hours, and never too near to another mail of the same subscriber. */
@Component
class Planner {

    /**
     * Beyond the gap when planning, so that the mail before, which leaves some moments after its own time, does not push
     * this one once more.
     */
    private static final Duration MARGIN = Duration.ofMinutes(1);

    private final QuietHours quiet;
    private final DeliverySettings settings;

    Planner(QuietHours quiet, DeliverySettings settings) {
        this.quiet = quiet;
        this.settings = settings;
    }

    /**
     * What a plan is made for.
     *
     * @param deliveryId decides where within the spread the mail lies
     * @param immediate whether it need not wait for the best hour
     * @param bestHour local hour, 0 to 23
     * @param zone the subscriber's
     */
    record Wish(String deliveryId, boolean immediate, int bestHour, ZoneId zone) {}

    /**
     * The first time for a new delivery.
     *
     * @param taken when other mails to the same subscriber leave or left
     */
    Slot plan(Wish wish, Instant now, Collection<Instant> taken) {
        return wish.immediate()
                ? settle(new Slot(now, Slot.Reason.IMMEDIATE), wish, taken)
                : settle(new Slot(bestHour(now, wish), Slot.Reason.BEST_HOUR), wish, taken);
    }

    /** The slot itself if a mail may leave then, else the next time when one may. */
    Slot settle(Slot wanted, Wish wish, Collection<Instant> taken) {
        Slot slot = wanted;
        while (true) {
            Instant at = slot.at();
            Optional<Instant> near = near(at, taken);
            if (quiet.quiet(at, wish.zone())) {
                Instant open = quiet.open(at, wish.zone());
                Instant spread = open.plus(spread(wish.deliveryId()));
                slot = new Slot(quiet.quiet(spread, wish.zone()) ? open : spread, Slot.Reason.QUIET_HOURS);
            } else if (near.isPresent()) {
                Instant free = near.get().plus(settings.minGap()).plus(MARGIN);
                slot = new Slot(wish.immediate() ? free : bestHour(free, wish), Slot.Reason.CAP);
            } else {
                return slot;
            }
        }
    }

    /** Whether a mail may leave then. */
    boolean free(Instant at, ZoneId zone, Collection<Instant> taken) {
        return !quiet.quiet(at, zone) && near(at, taken).isEmpty();
    }

    boolean quiet(Instant at, ZoneId zone) {
        return quiet.quiet(at, zone);
    }

    /** The latest mail that is nearer than the gap. */
    private Optional<Instant> near(Instant at, Collection<Instant> taken) {
        return taken.stream()
                .filter(other -> Duration.between(other, at).abs().compareTo(settings.minGap()) < 0)
                .max(Instant::compareTo);
    }

    /** That instant if it lies in the best hour, else the next time it comes. */
    private Instant bestHour(Instant from, Wish wish) {
        ZonedDateTime local = from.atZone(wish.zone());
        if (local.getHour() == wish.bestHour()) {
            return from;
        }
        LocalDate day = local.toLocalDate();
        while (true) {
            // Where a clock change skips the hour, java.time takes the one after.
            Instant at = ZonedDateTime.of(day, LocalTime.of(wish.bestHour(), 0), wish.zone())
                    .toInstant()
                    .plus(spread(wish.deliveryId()));
            if (at.isAfter(from)) {
                return at;
            }
            day = day.plusDays(1);
        }
    }

    /** Whole seconds within the spread, always the same for a delivery. */
    private Duration spread(String deliveryId) {
        long seconds = settings.spread().toSeconds();
        return seconds == 0 ? Duration.ZERO : Duration.ofSeconds(Math.floorMod(deliveryId.hashCode(), seconds));
    }
}
