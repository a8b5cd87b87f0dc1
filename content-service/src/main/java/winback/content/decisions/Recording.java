package winback.content.decisions;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.stereotype.Component;
import winback.chassis.events.Topics;
import winback.contracts.Topic;

/**
 * Whether many decisions are still on their way from Kafka into PostgreSQL, as behind a large run on a busy machine. One that
 * PostgreSQL does not have then may well exist, and nobody may conclude that it does not.
 */
@Component
class Recording {

    private static final Logger log = LoggerFactory.getLogger(Recording.class);

    /** So many are on their way at any time, and arrive before anybody gives up. */
    private static final long FEW = 1_000;

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int PATIENCE_SECONDS = 5;

    private final Map<String, Object> config;
    private final String topic;
    private final String group;
    private boolean behind;
    private long lookedAt;

    Recording(
            KafkaProperties kafka,
            Topics topics,
            @Value("${winback.topics.prefix}content-decisions") String decisionsGroup) {
        this.config = kafka.buildAdminProperties();
        this.topic = topics.name(Topic.DECISIONS);
        this.group = decisionsGroup;
        this.lookedAt = System.nanoTime() - LOOK_NANOS;
    }

    /** As of two seconds ago at most; true when Kafka does not tell. */
    synchronized boolean isBehind() {
        if (System.nanoTime() - lookedAt >= LOOK_NANOS) {
            behind = look();
            lookedAt = System.nanoTime();
        }
        return behind;
    }

    private boolean look() {
        try (Admin admin = Admin.create(config)) {
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            admin.describeTopics(Set.of(topic))
                    .allTopicNames()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .values()
                    .forEach(description -> description
                            .partitions()
                            .forEach(partition ->
                                    latest.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest())));
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            long onTheirWay = 0;
            for (var end : admin.listOffsets(latest)
                    .all()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .entrySet()) {
                OffsetAndMetadata at = committed.get(end.getKey());
                onTheirWay += end.getValue().offset() - (at == null ? 0 : at.offset());
            }
            return onTheirWay > FEW;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        } catch (ExecutionException | TimeoutException | KafkaException away) {
            log.debug("Kafka does not tell how far the decisions are", away);
            return true;
        }
    }
}
