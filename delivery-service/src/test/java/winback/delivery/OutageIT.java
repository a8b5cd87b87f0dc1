package winback.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import winback.contracts.DeliveryDue;
import winback.contracts.DeliveryScheduled;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;

class OutageIT {

    private static final Duration SOON = Duration.ofSeconds(40);

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.own();

    static RunningDelivery delivery;
    private static LocalDate day = LocalDate.of(2026, 6, 1);

    private final String anna = "anna-" + UUID.randomUUID();
    private final String decisionId = "decision-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        delivery = new RunningDelivery(infra, day.atTime(12, 0).toInstant(ZoneOffset.UTC));
    }

    @AfterAll
    static void stop() {
        delivery.close();
    }

    @BeforeEach
    void nextWeek() {
        day = day.plusWeeks(1);
        delivery.clock.set(day.atTime(12, 0).toInstant(ZoneOffset.UTC));
    }

    private void decide(String campaign) {
        delivery.decide(Samples.decision(decisionId, anna, campaign, delivery.now(), null, true));
    }

    private void awaitDueOnce() {
        await().atMost(SOON).until(() -> !delivery.heard.due(anna).isEmpty());
        String deliveryId = delivery.heard.due(anna).getFirst().deliveryId();
        await().atMost(SOON)
                .until(() -> delivery.get("/v1/deliveries/" + deliveryId)
                        .body()
                        .path("state")
                        .asString()
                        .equals("due"));
        assertThat(delivery.heard.due(anna)).extracting(DeliveryDue::eventId).containsOnly("due:" + deliveryId);
        // A repeat is the very same.
        assertThat(delivery.heard.due(anna))
                .extracting(DeliveryDue::dueAt)
                .hasSizeBetween(1, 2)
                .containsOnly(delivery.heard.due(anna).getFirst().dueAt());
    }

    @Test
    void fetchesTheMailWhenContentComesBack() {
        delivery.consenting(anna, null);
        delivery.content.stop();
        decide("spring");
        await().atMost(SOON)
                .until(() -> delivery.get("/v1/deliveries?subscriberId=" + anna)
                                .body()
                                .path("deliveries")
                                .path(0)
                                .path("attempts")
                                .asInt()
                        > 0);
        delivery.content.start();
        delivery.clock.advance(Duration.ofMinutes(1));

        awaitDueOnce();
    }

    @Test
    void asksAgainWhileContentAnswersWithErrors() {
        delivery.consenting(anna, null);
        delivery.content.answerWith(503);
        decide("spring");
        await().atMost(SOON).until(() -> delivery.content.asked(decisionId) > 0);
        delivery.content.answerWith(200);
        delivery.clock.advance(Duration.ofMinutes(1));

        awaitDueOnce();
    }

    @Test
    void catchesUpWhenPostgresComesBack() {
        delivery.consenting(anna, null);
        infra.stopPostgres();
        decide("spring");
        await().atMost(SOON).untilAsserted(() -> {
            RunningDelivery.Answer answer = delivery.get("/v1/deliveries");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body().path("code").asString()).isEqualTo("database-away");
        });
        infra.startPostgres();

        awaitDueOnce();
    }

    @Test
    void publishesWhenKafkaComesBack() {
        delivery.consenting(anna, null);
        delivery.clock.set(day.atTime(22, 0).toInstant(ZoneOffset.UTC));
        decide("spring");
        DeliveryScheduled promise = await().until(() -> delivery.heard.scheduled(anna), list -> !list.isEmpty())
                .getFirst();
        infra.stopKafka();
        delivery.clock.set(promise.dueAt());
        await().atMost(SOON)
                .until(() -> delivery.get("/v1/deliveries/" + promise.deliveryId())
                        .body()
                        .path("state")
                        .asString()
                        .equals("publishing"));
        infra.startKafka();

        awaitDueOnce();
    }

    @Test
    void keepsWhatIsPendingOverARestart() {
        delivery.consenting(anna, null);
        delivery.clock.set(day.atTime(22, 0).toInstant(ZoneOffset.UTC));
        decide("spring");
        Instant dueAt = await().until(() -> delivery.heard.scheduled(anna), list -> !list.isEmpty())
                .getFirst()
                .dueAt();
        delivery.stop();
        delivery.clock.set(dueAt.plus(Duration.ofMinutes(30)));
        delivery.start();

        awaitDueOnce();
        delivery.restart();
        // Processed once more from the topic's beginning would be the same.
        delivery.publish(Topic.DECISIONS, Samples.decision(decisionId, anna, "spring", delivery.now(), null, true));
        delivery.decide(Samples.decision("next-" + decisionId, anna, "autumn", delivery.now(), null, true));
        await().atMost(SOON)
                .until(() -> delivery.heard.scheduled(anna).stream()
                        .anyMatch(event -> event.campaignId().equals("autumn")));
        assertThat(delivery.heard.due(anna)).hasSize(1);
    }
}
