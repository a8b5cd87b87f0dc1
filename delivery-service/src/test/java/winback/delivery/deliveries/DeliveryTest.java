package winback.delivery.deliveries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import winback.contracts.ContentDecided;
import winback.contracts.DeliveryRefused;
import winback.contracts.DeliveryScheduled;

class DeliveryTest {

    private static final Instant NOW = Instant.parse("2026-02-10T10:00:00Z");
    private static final ContentDecided DECISION = new ContentDecided(
            "decision-1",
            "anna",
            "spring",
            false,
            "v1",
            1,
            1,
            Map.of("v1", 1.0),
            "thompson",
            true,
            false,
            NOW,
            null,
            NOW,
            0.5,
            Map.of(),
            null,
            null);

    private static Delivery scheduled() {
        return Delivery.scheduled(DECISION, "v1", new Slot(NOW.plusSeconds(60), Slot.Reason.BEST_HOUR), NOW);
    }

    @Test
    void hasTheSameIdForTheSameDecision() {
        assertThat(scheduled().deliveryId()).isEqualTo(Delivery.idOf("decision-1"));
        assertThat(Delivery.idOf("decision-2")).isNotEqualTo(Delivery.idOf("decision-1"));
    }

    @Test
    void goesFromScheduledOverPublishingToDue() {
        Delivery due =
                scheduled().publishing(NOW.plusSeconds(60), NOW.plusSeconds(61)).published(NOW.plusSeconds(62));
        assertThat(due.state()).isEqualTo(DeliveryState.DUE);
        assertThat(due.publishedAt()).isEqualTo(NOW.plusSeconds(61));
        assertThatExceptionOfType(IllegalDeliveryTransition.class)
                .isThrownBy(() -> due.refused(Refusal.EXPIRED, NOW))
                .withMessageContaining("due");
        assertThatExceptionOfType(IllegalDeliveryTransition.class)
                .isThrownBy(() -> due.moved(new Slot(NOW, Slot.Reason.CAP), NOW));
    }

    @Test
    void cannotBeDueWithoutBeingPublished() {
        assertThatExceptionOfType(IllegalDeliveryTransition.class)
                .isThrownBy(() -> scheduled().published(NOW));
    }

    @Test
    void staysRefused() {
        Delivery refused = scheduled().refused(Refusal.NO_CONSENT, NOW);
        assertThat(refused.announcement())
                .isInstanceOfSatisfying(
                        DeliveryRefused.class,
                        event -> assertThat(event.reason()).isEqualTo("no-consent"));
        assertThatExceptionOfType(IllegalDeliveryTransition.class).isThrownBy(() -> refused.publishing(NOW, NOW));
    }

    @Test
    void isToldAgainWhenItMoves() {
        Delivery moved = scheduled().moved(new Slot(NOW.plusSeconds(600), Slot.Reason.CAP), NOW.plusSeconds(60));
        assertThat(moved.revision()).isEqualTo(2);
        assertThat(moved.announcement()).isInstanceOfSatisfying(DeliveryScheduled.class, event -> {
            assertThat(event.dueAt()).isEqualTo(NOW.plusSeconds(600));
            assertThat(event.reason()).isEqualTo("cap");
        });
    }

    @Test
    void waitsLongerAfterEachFailureUpToAMinute() {
        Delivery delivery = scheduled();
        Duration last = Duration.ZERO;
        for (int failure = 0; failure < 10; failure++) {
            delivery = delivery.failed(NOW, false);
            Duration backoff = Duration.between(NOW, delivery.attemptAt());
            assertThat(backoff).isGreaterThanOrEqualTo(last).isLessThanOrEqualTo(Duration.ofMinutes(1));
            last = backoff;
        }
        assertThat(last).isEqualTo(Duration.ofMinutes(1));
    }
}
