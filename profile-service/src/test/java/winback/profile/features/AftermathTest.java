package winback.profile.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import winback.contracts.ActivityReceived;
import winback.contracts.ActivityType;
import winback.contracts.TimePrecision;
import winback.contracts.TrainingRow;

class AftermathTest {

    private static final Instant CUTOFF = Instant.parse("2026-03-01T00:00:00Z");
    private static final int HORIZON_DAYS = 30;

    /** What follows the cutoff. */
    private static final class Life {
        private final List<ActivityReceived> events = new ArrayList<>();
        private TimePrecision precision = TimePrecision.INSTANT;

        Life onDatesAlone() {
            precision = TimePrecision.DAY;
            return this;
        }

        Life track(String event, double day, Map<String, Object> properties) {
            return event(ActivityType.TRACK, event, day, properties);
        }

        Life event(ActivityType type, String event, double day, Map<String, Object> properties) {
            events.add(new ActivityReceived(
                    "s",
                    "s",
                    null,
                    "test",
                    "m" + events.size(),
                    type,
                    event,
                    CUTOFF.plusMillis((long) (day * 86_400_000)),
                    precision,
                    CUTOFF,
                    false,
                    new HashMap<>(properties),
                    Map.of(),
                    Map.of()));
            return this;
        }

        Life delivered(double day, String mail) {
            return track("Email Delivered", day, Map.of("email_id", mail));
        }

        Life opened(double day, String mail) {
            return track("Email Opened", day, Map.of("email_id", mail));
        }

        TrainingRow.Labels labels() {
            return labels(HORIZON_DAYS);
        }

        TrainingRow.Labels labels(int horizonDays) {
            Aftermath aftermath = new Aftermath(Rates.none("USD"), CUTOFF.plus(Duration.ofDays(horizonDays)));
            Replay replay = new Replay(new SubscriberState(), Rates.none("USD"), aftermath);
            events.stream().map(Activity::of).sorted(Activity.IN_ORDER).forEach(replay::add);
            replay.finish();
            return aftermath.labels();
        }

        @Nullable
        Boolean engaged() {
            return labels().engaged();
        }
    }

    @Test
    void theNextMailIsAnsweredByAnOpenOrAClickOfItWithinAWeek() {
        assertThat(new Life().delivered(2, "a").opened(8.9, "a").engaged()).isTrue();
        assertThat(new Life()
                        .delivered(2, "a")
                        .track("Email Link Clicked", 3, Map.of("email_id", "a"))
                        .engaged())
                .isTrue();
        assertThat(new Life().delivered(2, "a").opened(9.1, "a").engaged())
                .as("too late")
                .isFalse();
        assertThat(new Life().delivered(2, "a").engaged()).isFalse();
        assertThat(new Life().opened(1, "a").delivered(2, "a").engaged())
                .as("before it came")
                .isFalse();
    }

    @Test
    void onlyTheFirstMailCounts() {
        assertThat(new Life().delivered(2, "a").delivered(3, "b").opened(4, "b").engaged())
                .as("another mail's open")
                .isFalse();
        assertThat(new Life().delivered(2, "a").delivered(3, "b").opened(4, "a").engaged())
                .isTrue();
        assertThat(new Life()
                        .delivered(2, "a")
                        .track("Email Opened", 4, Map.of())
                        .engaged())
                .as("an open that does not say of what")
                .isTrue();
    }

    @Test
    void aMailThatHasNotHadItsWeekByTheEndOfTheHorizonTellsNothing() {
        assertThat(new Life().delivered(22.9, "a").engaged()).isFalse();
        assertThat(new Life().delivered(23.1, "a").opened(24, "a").engaged()).isNull();
        assertThat(new Life().opened(3, "a").engaged()).isNull();
        assertThat(new Life().delivered(.1, "a").opened(1, "a").labels(7).engaged())
                .isNull();
    }

    @Test
    void aMachineAnswersNothing() {
        assertThat(new Life()
                        .delivered(2, "a")
                        .track("Email Opened", 3, Map.of("email_id", "a", "machine", true))
                        .engaged())
                .isFalse();
        assertThat(new Life().delivered(2, "a").opened(2 + 5 / 86_400., "a").engaged())
                .as("seconds after the delivery")
                .isFalse();
        assertThat(new Life()
                        .delivered(2, "a")
                        .track("Email Link Clicked", 3, Map.of("email_id", "a", "link_url", "/1"))
                        .track("Email Link Clicked", 3 + .5 / 86_400, Map.of("email_id", "a", "link_url", "/2"))
                        .engaged())
                .as("a burst, the first click included")
                .isFalse();
    }

    @Test
    void whereDatesAloneAreKnownAnOpenOfTheSameDateCounts() {
        for (int first = 0; first < 8; first++) {
            // The order among activities of one instant depends on their ids.
            Life life = new Life().onDatesAlone();
            for (int more = 0; more < first; more++) {
                life.track("Noted", 1, Map.of());
            }
            assertThat(life.opened(2, "a").delivered(2, "a").engaged()).isTrue();
        }
    }

    @Test
    void visitsAreThoseOfThePersonToTheShop() {
        TrainingRow.Labels labels = new Life()
                .event(ActivityType.PAGE, "Home", 1, Map.of())
                .track("Product Viewed", 1.01, Map.of())
                .track("Product Viewed", 1.1, Map.of())
                .event(ActivityType.SCREEN, "Home", 2, Map.of())
                .track("Product Viewed", 3, Map.of("machine", true))
                .delivered(4, "a")
                .opened(5, "a")
                .event(ActivityType.IDENTIFY, "", 6, Map.of())
                .labels();
        assertThat(labels.visits()).isEqualTo(3);
        assertThat(labels.orders()).isZero();
        assertThat(new Life().delivered(4, "a").opened(5, "a").labels().visits())
                .as("a mail is no visit")
                .isZero();
        assertThat(new Life()
                        .track("Order Completed", 7, Map.of("total", 20))
                        .track("Order Refunded", 8, Map.of("total", 5))
                        .labels())
                .isEqualTo(new TrainingRow.Labels(1, 15, 1, null));
    }
}
