package winback.profile.subscribers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import winback.contracts.ActivityReceived;
import winback.contracts.ActivityType;
import winback.contracts.Event;
import winback.contracts.TimePrecision;

class LiveFirstTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final LiveFirst liveFirst = new LiveFirst(Clock.fixed(NOW, ZoneOffset.UTC));

    private static List<ConsumerRecord<String, Event>> received(Duration ago) {
        return List.of(new ConsumerRecord<>("activity", 0, 0, "s1", activity(NOW.minus(ago))));
    }

    private static Event activity(Instant receivedAt) {
        return new ActivityReceived(
                "s1",
                "s1",
                null,
                "api:key",
                "m1",
                ActivityType.PAGE,
                null,
                receivedAt,
                TimePrecision.INSTANT,
                receivedAt,
                false,
                Map.of(),
                Map.of(),
                Map.of());
    }

    private Duration givingWay() {
        long start = System.nanoTime();
        liveFirst.giveWay();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void historyGoesAtOnceAndWholeWhereNothingHappens() {
        assertThat(givingWay()).isLessThan(Duration.ofMillis(500));
        assertThat(liveFirst.step(500)).isEqualTo(500);
    }

    @Test
    void historyTakesSmallStepsBesideLiveActivityThatIsInTime() {
        liveFirst.live(received(Duration.ofMillis(50)), () -> {});

        assertThat(givingWay()).isLessThan(Duration.ofMillis(500));
        assertThat(liveFirst.step(500)).isEqualTo(100);
        assertThat(liveFirst.step(30)).isEqualTo(30);
    }

    @Test
    void historyWaitsWhileLateActivityIsApplied() {
        CountDownLatch applied = new CountDownLatch(1);
        Thread live = Thread.ofVirtual()
                .start(() -> liveFirst.live(received(Duration.ofMillis(400)), () -> {
                    try {
                        applied.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }));
        await().until(() -> liveFirst.step(500) == 100);

        // Two seconds are its patience: it goes on even where live activity never gets through.
        assertThat(givingWay()).isBetween(Duration.ofMillis(1900), Duration.ofSeconds(20));
        applied.countDown();
        await().until(() -> !live.isAlive());
    }

    @Test
    void whatWasSeenIsForgotten() {
        liveFirst.live(received(Duration.ofMillis(400)), () -> {});

        assertThat(givingWay()).isBetween(Duration.ofMillis(500), Duration.ofMillis(1900));
        assertThat(liveFirst.step(500)).isEqualTo(500);
    }
}
