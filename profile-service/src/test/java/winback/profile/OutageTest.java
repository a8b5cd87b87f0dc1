package winback.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import winback.infrastructure.junit.Infrastructure;
import winback.profile.RunningService.Answer;

class OutageTest {

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.own();

    private static String order(String user, String message) {
        return "{\"userId\":\"%s\",\"messageId\":\"%s\",\"event\":\"Order Completed\",\"properties\":{\"total\":5}}"
                .formatted(user, message);
    }

    private static void awaitOrders(RunningService service, String user, long orders) {
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            Answer answer = service.get("/v1/subscribers/" + user);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().at("/orders/count").asLong()).isEqualTo(orders);
        });
    }

    @Test
    void ingestionNeedsKafkaAloneAndNothingAcknowledgedIsLost() {
        try (RunningService service = new RunningService(infra)) {
            service.post("/v1/track", order("o", "before"));
            awaitOrders(service, "o", 1);

            infra.stopPostgres();
            assertThat(service.post("/v1/track", order("o", "postgres-away")).status())
                    .isEqualTo(200);
            assertThat(service.get("/v1/subscribers/o").status()).isEqualTo(503);
            infra.startPostgres();
            awaitOrders(service, "o", 2);

            infra.stopKafka();
            service.patient = false;
            StringBuilder batch = new StringBuilder("{\"batch\":[");
            for (int i = 0; i < 500; i++) {
                batch.append(i == 0 ? "" : ",")
                        .append("{\"type\":\"track\",")
                        .append(order("o", "away" + i).substring(1));
            }
            batch.append("]}");
            String[][] calls = {{"/v1/track", order("o", "kafka-away")}, {"/v1/batch", batch.toString()}};
            for (String[] call : calls) {
                long began = System.nanoTime();
                Answer away = service.post(call[0], call[1]);
                assertThat(away.status()).isEqualTo(503);
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
                assertThat(away.body().get("code").asString()).isEqualTo("kafka-away");
                assertThat(away.headers()).containsKey("retry-after");
            }
            infra.startKafka();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(service.post("/v1/track", order("o", "kafka-away"))
                                    .status())
                            .isEqualTo(200));
            // The sender repeated it with its message id, so it counts once; the batch may or may not have arrived.
            await().atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> assertThat(service.db
                                    .sql("SELECT count(*) FROM activity WHERE activity_id = 'api:env:kafka-away'")
                                    .query(Long.class)
                                    .single())
                            .isEqualTo(1));
        }
    }
}
