package winback.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import winback.contracts.Event;
import winback.contracts.ProfileChanged;
import winback.contracts.SubscriberErased;
import winback.contracts.SubscriberMerged;
import winback.contracts.Topic;
import winback.infrastructure.junit.Infrastructure;

/** What becomes of subscribers who merge or are to be forgotten. Each test has a service of its own. */
class IdentitiesTest {

    private static final int DAYS = 400;
    private static final Instant NOW = Instant.parse("2026-06-30T23:00:00Z");
    private static final Duration SOON = Duration.ofMinutes(2);

    @RegisterExtension
    final Infrastructure infra = Infrastructure.shared();

    private static ProfileChanged profile(String subscriberId, long version, Instant at) {
        return new ProfileChanged(
                subscriberId,
                version,
                at,
                "active",
                at,
                SimulatedShop.SCHEMA.fingerprint(),
                new float[] {3, 30, 60, 30, 25, 1, .5f},
                new float[12][2],
                Map.of(),
                List.of(),
                null,
                null);
    }

    private static void publish(RunningService service, Topic topic, Event... events) {
        service.events().publishAll(topic, List.of(events));
    }

    private static SubscriberErased erased(String subscriberId, Instant at) {
        return new SubscriberErased(subscriberId, at, at.plus(Duration.ofDays(8)));
    }

    private static int status(RunningService service, String subscriberId) {
        return service.get("/v1/subscribers/" + subscriberId + "/predictions").status();
    }

    private static List<Long> versions(RunningService service, String subscriberId) {
        return service.db()
                .sql("SELECT profile_version FROM vector WHERE subscriber_id = :id")
                .param("id", subscriberId)
                .query(Long.class)
                .list();
    }

    /** Rows of whatever table that say the text anywhere. */
    private static long mentions(RunningService service, String text) {
        return service
                .db()
                .sql("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
                .query(String.class)
                .list()
                .stream()
                .mapToLong(table -> service.db()
                        .sql("SELECT count(*) FROM \"" + table + "\" AS t WHERE t::text LIKE '%' || :text || '%'")
                        .param("text", text)
                        .query(Long.class)
                        .single())
                .sum();
    }

    private void awaitTombstone(String subscriberId) {
        try (KafkaConsumer<String, Object> scores = PlayedProfileService.consumer(infra.bootstrapServers())) {
            scores.subscribe(List.of(infra.topicPrefix() + Topic.SCORES.wireName()));
            await().atMost(SOON).until(() -> {
                for (ConsumerRecord<String, Object> record : scores.poll(Duration.ofMillis(200))) {
                    if (record.key().equals(subscriberId) && record.value() == null) {
                        return true;
                    }
                }
                return false;
            });
        }
    }

    @Test
    void whoIsErasedIsForgottenAndOnlyWhatIsNewerIsScored() {
        try (RunningService service = new RunningService(infra, NOW)) {
            publish(service, Topic.PROFILE, profile("anna-1", 4, NOW.minusSeconds(60)));
            await().atMost(SOON).until(() -> status(service, "anna-1") == 200);

            publish(service, Topic.IDENTITIES, erased("anna-1", NOW));
            await().atMost(SOON).until(() -> mentions(service, "anna-1") == 0);
            assertThat(status(service, "anna-1")).isEqualTo(404);
            awaitTombstone("anna-1");

            publish(
                    service,
                    Topic.PROFILE,
                    profile("anna-1", 5, NOW.minusSeconds(30)),
                    profile("anna-1", 1, NOW.plusSeconds(30)));
            await().atMost(SOON).until(() -> status(service, "anna-1") == 200);
            assertThat(versions(service, "anna-1")).containsExactly(1L);

            // The erasure once more, as after a crash: who came anew stays.
            publish(service, Topic.IDENTITIES, erased("anna-1", NOW), erased("anna-2", NOW));
            publish(service, Topic.PROFILE, profile("anna-1", 2, NOW.plusSeconds(60)));
            await().atMost(SOON).until(() -> versions(service, "anna-1").equals(List.of(2L)));
        }
    }

    @Test
    void whoIsMergedAwayHasNoScoresAnyMore() {
        try (RunningService service = new RunningService(infra, NOW)) {
            publish(service, Topic.PROFILE, profile("visitor-1", 4, NOW), profile("anna-3", 1, NOW));
            await().atMost(SOON).until(() -> status(service, "visitor-1") == 200 && status(service, "anna-3") == 200);

            SubscriberMerged merged = new SubscriberMerged("visitor-1", "anna-3", NOW);
            publish(service, Topic.IDENTITIES, merged, merged);
            await().atMost(SOON).until(() -> status(service, "visitor-1") == 404);
            awaitTombstone("visitor-1");

            publish(service, Topic.PROFILE, profile("visitor-1", 5, NOW), profile("anna-3", 2, NOW));
            await().atMost(SOON).until(() -> versions(service, "anna-3").equals(List.of(2L)));
            // Its profile's removal comes on a partition of its own; the old id does not wait for it.
            publish(service, Topic.IDENTITIES, erased("anna-3", NOW.plusSeconds(1)));
            await().atMost(SOON).until(() -> mentions(service, "anna-3") + mentions(service, "visitor-1") == 0);
        }
    }

    @Test
    void aTrainingUnderWayKeepsTheCountOfTheErasedAndNothingElse() throws InterruptedException {
        try (RunningService service = new RunningService(infra, NOW);
                PlayedProfileService profile = new PlayedProfileService(
                        new SimulatedShop(SimulatedShop.BUSY, 700, DAYS, 31),
                        DAYS,
                        NOW,
                        infra.bootstrapServers(),
                        infra.topicPrefix(),
                        service.events())) {
            profile.stopAfter = 50;
            String training = service.post("/v1/models/churn/trainings", "{}")
                    .body()
                    .get("trainingId")
                    .asString();
            await().atMost(SOON)
                    .until(() -> service.db()
                                    .sql("SELECT count(*) FROM dataset_row")
                                    .query(Long.class)
                                    .single()
                            == 50);
            List<String> ids = service.db()
                    .sql("SELECT subscriber_id FROM dataset_row ORDER BY subscriber_id LIMIT 1")
                    .query(String.class)
                    .list();
            publish(service, Topic.IDENTITIES, erased(ids.getFirst(), NOW));
            await().atMost(SOON).until(() -> mentions(service, ids.getFirst()) == 0);

            // The rows already there come again, then the rest.
            profile.stopAfter = Integer.MAX_VALUE;
            profile.answer(profile.requests.getFirst());

            await().atMost(SOON)
                    .until(() -> service.get("/v1/trainings/" + training)
                            .body()
                            .get("state")
                            .asString()
                            .equals("done"));
            assertThat(mentions(service, ids.getFirst())).isZero();
        }
    }
}
