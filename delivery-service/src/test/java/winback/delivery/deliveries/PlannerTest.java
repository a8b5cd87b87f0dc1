package winback.delivery.deliveries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import winback.delivery.quiethours.QuietHours;

class PlannerTest {

    private static final QuietHours NIGHT = new QuietHours(21, 8);
    private static final ZoneId LONDON = ZoneId.of("Europe/London");

    private static DeliverySettings settings(Duration gap, Duration spread) {
        return new DeliverySettings(
                gap,
                Duration.ofHours(48),
                spread,
                Duration.ofMillis(500),
                24,
                Duration.ofMinutes(1),
                Duration.ofMinutes(10));
    }

    private final Planner planner = new Planner(NIGHT, settings(Duration.ofHours(24), Duration.ZERO));

    private static Instant london(String local) {
        return LocalDateTime.parse(local).atZone(LONDON).toInstant();
    }

    private static Planner.Wish wish(boolean immediate, int bestHour) {
        return new Planner.Wish("d1", immediate, bestHour, LONDON);
    }

    @Test
    void takesTheNextBestHour() {
        assertThat(planner.plan(wish(false, 19), london("2026-02-10T10:00"), List.of()))
                .isEqualTo(new Slot(london("2026-02-10T19:00"), Slot.Reason.BEST_HOUR));
        assertThat(planner.plan(wish(false, 9), london("2026-02-10T10:00"), List.of()))
                .isEqualTo(new Slot(london("2026-02-11T09:00"), Slot.Reason.BEST_HOUR));
    }

    @Test
    void doesNotWaitADayWhenItIsTheBestHourNow() {
        assertThat(planner.plan(wish(false, 10), london("2026-02-10T10:40"), List.of()))
                .isEqualTo(new Slot(london("2026-02-10T10:40"), Slot.Reason.BEST_HOUR));
    }

    @Test
    void putsAnImmediateOneOffToTheMorning() {
        assertThat(planner.plan(wish(true, 19), london("2026-02-10T22:00"), List.of()))
                .isEqualTo(new Slot(london("2026-02-11T08:00"), Slot.Reason.QUIET_HOURS));
    }

    @Test
    void keepsTheGapOnBothSidesOfAPlannedMail() {
        Instant planned = london("2026-02-11T09:00");
        Slot slot = planner.plan(wish(true, 19), london("2026-02-10T12:00"), List.of(planned));
        assertThat(slot.reason()).isEqualTo(Slot.Reason.CAP);
        assertThat(slot.at()).isEqualTo(london("2026-02-12T09:01"));
    }

    @Test
    void returnsToTheBestHourAfterTheGap() {
        Slot slot = planner.plan(wish(false, 10), london("2026-02-10T09:00"), List.of(london("2026-02-10T08:30")));
        assertThat(slot).isEqualTo(new Slot(london("2026-02-11T10:00"), Slot.Reason.CAP));
    }

    @Test
    void spreadsMailsOfOneHour() {
        Planner spreading = new Planner(NIGHT, settings(Duration.ofHours(24), Duration.ofMinutes(15)));
        long distinct = java.util.stream.IntStream.range(0, 1000)
                .mapToObj(i -> spreading
                        .plan(
                                new Planner.Wish(Delivery.idOf("decision" + i), true, 9, LONDON),
                                london("2026-02-10T22:00"),
                                List.of())
                        .at())
                .distinct()
                .count();
        assertThat(distinct).isGreaterThan(400);
    }

    /** Random zones, quiet hours, gaps, times and histories. */
    @Test
    void neverPlansIntoQuietHoursOrTheGapOrThePast() {
        List<String> zones = ZoneId.getAvailableZoneIds().stream().sorted().toList();
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            QuietHours quiet = new QuietHours(random.nextInt(24), random.nextInt(24));
            Duration gap = Duration.ofMinutes(random.nextInt(3 * 24 * 60));
            Planner some = new Planner(quiet, settings(gap, Duration.ofMinutes(random.nextInt(60))));
            ZoneId zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
            Instant now = Instant.parse("2010-01-01T00:00:00Z").plusSeconds(random.nextInt(20 * 365 * 86_400));
            List<Instant> taken = new ArrayList<>();
            for (int mail = random.nextInt(8); mail > 0; mail--) {
                taken.add(now.plus(Duration.ofMinutes(random.nextInt(14 * 24 * 60) - 4 * 24 * 60)));
            }
            int bestHour;
            do {
                bestHour = random.nextInt(24);
            } while (quiet.quiet(bestHour));
            Planner.Wish wish = new Planner.Wish("delivery" + i, random.nextBoolean(), bestHour, zone);

            Slot slot = some.plan(wish, now, taken);

            assertThat(slot.at()).isAfterOrEqualTo(now);
            assertThat(quiet.quiet(slot.at(), zone))
                    .as("%s %s %s", quiet, zone, slot)
                    .isFalse();
            assertThat(taken)
                    .as("gap %s, slot %s", gap, slot)
                    .allSatisfy(other ->
                            assertThat(Duration.between(other, slot.at()).abs()).isGreaterThanOrEqualTo(gap));
            assertThat(some.free(slot.at(), zone, taken)).isTrue();
            assertThat(some.plan(wish, now, taken)).isEqualTo(slot);
        }
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(Duration.ofHours(-1), Duration.ZERO))
                .withMessageContaining("min-gap");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(Duration.ofHours(24), Duration.ofHours(1)))
                .withMessageContaining("spread");
    }
}
