package winback.delivery.feedback;

import static java.time.ZoneOffset.UTC;

import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.access.DeploymentSecret;
import winback.chassis.events.Batches;
import winback.chassis.identities.Identities;
import winback.contracts.ActivityApplied;
import winback.contracts.ActivityRetracted;
import winback.contracts.Event;
import winback.delivery.sendtimes.CountedResponse;
import winback.delivery.sendtimes.SendTimes;
import winback.delivery.suppression.Suppressions;

/** Counts every response and complaint once, in the transaction that learns from it, and takes back what was a machine's. */
@Component
class FeedbackListener {

    /** Far longer than the topic keeps an event that could come again. */
    private static final Duration REMEMBERED = Duration.ofDays(30);

    private final JdbcClient db;
    private final Suppressions suppressions;
    private final SendTimes sendTimes;
    private final TransactionTemplate transaction;
    private final Identities identities;
    private final DeploymentSecret secret;
    private final Clock clock;

    FeedbackListener(
            JdbcClient db,
            Suppressions suppressions,
            SendTimes sendTimes,
            TransactionTemplate transaction,
            Identities identities,
            DeploymentSecret secret,
            Clock clock) {
        this.db = db;
        this.suppressions = suppressions;
        this.sendTimes = sendTimes;
        this.transaction = transaction;
        this.identities = identities;
        this.secret = secret;
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
            Identities.Known known = identities.known(subscribers(batch));
            Map<Integer, Map<String, ActivityApplied>> applied = new TreeMap<>();
            Map<String, ActivityRetracted> retracted = new TreeMap<>();
            for (ConsumerRecord<String, Event> record : batch) {
                if (record.value() instanceof ActivityApplied activity
                        && !known.forgotten(activity.subscriberId(), activity.at())) {
                    applied.computeIfAbsent(record.partition(), partition -> new LinkedHashMap<>())
                            .put(
                                    code(activity.activityId()),
                                    activity.withSubscriberId(known.current(activity.subscriberId())));
                } else if (record.value() instanceof ActivityRetracted activity
                        && !known.forgotten(activity.subscriberId(), activity.at())) {
                    retracted.put(code(activity.activityId()), activity);
                }
            }
            applied.forEach(this::learn);
            // Counted and taken back is the same as never counted, so their order does not matter.
            retracted.forEach((code, activity) -> takeBack(code, activity, known.current(activity.subscriberId())));
        });
    }

    private static Set<String> subscribers(List<ConsumerRecord<String, Event>> batch) {
        Set<String> ids = new HashSet<>();
        for (ConsumerRecord<String, Event> record : batch) {
            if (record.value() instanceof ActivityApplied activity) {
                ids.add(activity.subscriberId());
            } else if (record.value() instanceof ActivityRetracted activity) {
                ids.add(activity.subscriberId());
            }
        }
        return ids;
    }

    private void learn(int partition, Map<String, ActivityApplied> byCode) {
        byCode.keySet().retainAll(unseen(byCode.keySet()));
        List<ActivityApplied> activities = List.copyOf(byCode.values());
        suppressions.learn(activities);
        for (CountedResponse counted : sendTimes.learn(partition, activities)) {
            db.sql("UPDATE feedback_seen SET hour = :hour, feedback_partition = :partition WHERE activity_code = :code")
                    .param("hour", counted.hour())
                    .param("partition", counted.partition())
                    .param("code", code(counted.activityId()))
                    .update();
        }
    }

    /** Remembered as seen, so that it is not counted when it comes only now; taken back if it was counted. */
    private void takeBack(String code, ActivityRetracted activity, String subscriberId) {
        db.sql("""
                        INSERT INTO feedback_seen AS s (activity_code, seen_at, retracted) VALUES (:code, :now, true)
                        ON CONFLICT (activity_code) DO UPDATE SET retracted = true WHERE NOT s.retracted
                        RETURNING hour, feedback_partition
                        """)
                .param("code", code)
                .param("now", clock.instant().atOffset(UTC))
                .query((row, n) -> {
                    Integer hour = row.getObject("hour", Integer.class);
                    int partition = row.getInt("feedback_partition");
                    return hour == null
                            ? Optional.<CountedResponse>empty()
                            : Optional.of(new CountedResponse(
                                    activity.activityId(), subscriberId, activity.at(), partition, hour));
                })
                .optional()
                .flatMap(counted -> counted)
                .ifPresent(sendTimes::takeBack);
    }

    private String code(String activityId) {
        return secret.code("activity", activityId);
    }

    private Set<String> unseen(Set<String> codes) {
        if (codes.isEmpty()) {
            return Set.of();
        }
        return new HashSet<>(db.sql("""
                        INSERT INTO feedback_seen (activity_code, seen_at)
                        SELECT code, :now FROM unnest(:codes) AS code ORDER BY code
                        ON CONFLICT (activity_code) DO NOTHING
                        RETURNING activity_code
                        """)
                .param("now", clock.instant().atOffset(UTC))
                .param("codes", codes.toArray(String[]::new))
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
