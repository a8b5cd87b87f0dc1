package winback.delivery.quiethours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuietHoursTest {

    private static final QuietHours NIGHT = new QuietHours(21, 8);
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static Instant berlin(String local) {
        return LocalDateTime.parse(local).atZone(BERLIN).toInstant();
    }

    @Test
    void reachesOverMidnight() {
        assertThat(NIGHT.quiet(berlin("2026-02-10T20:59:59"), BERLIN)).isFalse();
        assertThat(NIGHT.quiet(berlin("2026-02-10T21:00"), BERLIN)).isTrue();
        assertThat(NIGHT.quiet(berlin("2026-02-11T07:59:59"), BERLIN)).isTrue();
        assertThat(NIGHT.quiet(berlin("2026-02-11T08:00"), BERLIN)).isFalse();
        assertThat(NIGHT.openHours()).isEqualTo(13);
    }

    @Test
    void opensTheNextMorningOrTheSame() {
        assertThat(NIGHT.open(berlin("2026-02-10T23:00"), BERLIN)).isEqualTo(berlin("2026-02-11T08:00"));
        assertThat(NIGHT.open(berlin("2026-02-11T03:00"), BERLIN)).isEqualTo(berlin("2026-02-11T08:00"));
        assertThat(NIGHT.open(berlin("2026-02-11T12:00"), BERLIN)).isEqualTo(berlin("2026-02-11T12:00"));
    }

    @Test
    void opensAnHourSoonerOnTheNightThatTheClockGoesForward() {
        Instant midnight = berlin("2026-03-29T00:00");
        assertThat(Duration.between(midnight, NIGHT.open(midnight, BERLIN))).isEqualTo(Duration.ofHours(7));
        Instant before = berlin("2026-10-25T00:00");
        assertThat(Duration.between(before, NIGHT.open(before, BERLIN))).isEqualTo(Duration.ofHours(9));
    }

    @Test
    void knowsNoQuietHoursWhenTheyEndWhereTheyStart() {
        QuietHours none = new QuietHours(9, 9);
        assertThat(none.openHours()).isEqualTo(24);
        assertThat(none.quiet(9)).isFalse();
        assertThat(none.quiet(0)).isFalse();
    }

    @Test
    void mayLieWithinADay() {
        QuietHours noon = new QuietHours(12, 14);
        assertThat(noon.quiet(13)).isTrue();
        assertThat(noon.quiet(14)).isFalse();
        assertThat(noon.openHours()).isEqualTo(22);
    }

    @Test
    void refusesWhatIsNoHour() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new QuietHours(21, 24))
                .withMessageContaining("24");
        assertThatIllegalArgumentException().isThrownBy(() -> new QuietHours(-1, 8));
    }

    @Test
    void opensAtTheFirstOpenInstantInEveryZoneAndNight() {
        List<String> zones = ZoneId.getAvailableZoneIds().stream().sorted().toList();
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            ZoneId zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
            QuietHours quiet = new QuietHours(random.nextInt(24), random.nextInt(24));
            Instant at = Instant.parse("2010-01-01T00:00:00Z").plusSeconds(random.nextInt(20 * 365 * 86_400));
            Instant open = quiet.open(at, zone);
            assertThat(quiet.quiet(open, zone)).as("%s %s %s", quiet, at, zone).isFalse();
            // Never more than a night longer than the rule says, and nothing open was passed over.
            assertThat(Duration.between(at, open)).isBetween(Duration.ZERO, Duration.ofHours(48));
            for (Instant passed = at; passed.isBefore(open); passed = passed.plus(Duration.ofMinutes(15))) {
                assertThat(quiet.quiet(passed, zone))
                        .as("%s %s %s passed %s", quiet, at, zone, passed)
                        .isTrue();
            }
        }
    }
}
