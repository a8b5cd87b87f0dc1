package winback.delivery.feedback;

import static java.time.ZoneOffset.UTC;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.Batches;
import winback.contracts.ActivityApplied;
import winback.contracts.Event;
import winback.delivery.sendtimes.SendTimes;
import winback.delivery.suppression.Suppressions;

/** Counts every response and complaint once, in the transaction that learns from it. */
@Component
class FeedbackListener {

    /** Far longer than the topic keeps an event that could come again. */
    private static final Duration REMEMBERED = Duration.ofDays(30);

    private final JdbcClient db;
    private final Suppressions suppressions;
    private final SendTimes sendTimes;
    private final TransactionTemplate transaction;
    private final Clock clock;

    FeedbackListener(
            JdbcClient db,
            Suppressions suppressions,
            SendTimes sendTimes,
            TransactionTemplate transaction,
            Clock clock) {
        this.db = db;
        this.suppressions = suppressions;
        this.sendTimes = sendTimes;
        this.transaction = transaction;
        this.clock = clock;
    }

    @KafkaListener(
            id = "delivery-feedback",
            topics = "${winback.topics.prefix}winback.feedback",
            groupId = "${winback.topics.prefix}delivery-feedback",
            idIsGroup = false)
    void on(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, this::apply);
        sendTimes.wake();
    }

    private void apply(List<ConsumerRecord<String, Event>> batch) {
        transaction.executeWithoutResult(status -> {
            Map<String, ActivityApplied> byId = new LinkedHashMap<>();
            Map<Integer, List<ActivityApplied>> byPartition = new LinkedHashMap<>();
            for (ConsumerRecord<String, Event> record : batch) {
                if (record.value() instanceof ActivityApplied activity) {
                    byId.put(activity.eventId(), activity);
                }
            }
            Set<String> unseen = unseen(byId.keySet());
            for (ConsumerRecord<String, Event> record : batch) {
                if (record.value() instanceof ActivityApplied activity && unseen.remove(activity.eventId())) {
                    suppressions.learn(activity);
                    byPartition
                            .computeIfAbsent(record.partition(), partition -> new ArrayList<>())
                            .add(activity);
                }
            }
            byPartition.forEach(sendTimes::learn);
        });
    }

    private Set<String> unseen(Set<String> eventIds) {
        if (eventIds.isEmpty()) {
            return Set.of();
        }
        return new HashSet<>(db.sql("""
                        INSERT INTO feedback_seen (event_id, seen_at)
                        SELECT id, :now FROM unnest(:ids) AS id ORDER BY id
                        ON CONFLICT (event_id) DO NOTHING
                        RETURNING event_id
                        """)
                .param("now", clock.instant().atOffset(UTC))
                .param("ids", eventIds.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT10M")
    void forget() {
        db.sql("DELETE FROM feedback_seen WHERE seen_at < :before")
                .param("before", clock.instant().minus(REMEMBERED).atOffset(UTC))
                .update();
    }
}
