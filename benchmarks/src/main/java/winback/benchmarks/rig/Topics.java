package winback.benchmarks.rig;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What Kafka tells about the service from outside: how much is on a topic, and how far a group has come. */
public final class Topics implements AutoCloseable {

    public static final String ACTIVITY = "winback.activity";
    public static final String IMPORTS = "winback.imports";
    public static final String FEEDBACK = "winback.feedback";
    public static final String PROFILE = "winback.profile";
    public static final String SCORES = "winback.scores";
    public static final String SEND_TIMES = "winback.sendtimes";
    public static final String DECISIONS = "winback.decisions";
    public static final String DELIVERIES = "winback.deliveries";
    public static final String COMMANDS = "winback.commands";
    public static final String TRAINING = "winback.training";

    private static final TopicDescription NO_TOPIC = new TopicDescription("", false, List.of());

    private final String bootstrapServers;
    private final Admin admin;

    public Topics(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        Properties config = new Properties();
        config.put("bootstrap.servers", bootstrapServers);
        this.admin = Admin.create(config);
    }

    /** A consumer of its own, without a group to join; the caller closes it. */
    public KafkaConsumer<String, byte[]> consumer() {
        Properties config = new Properties();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("group.id", "bench-" + UUID.randomUUID());
        config.put("enable.auto.commit", "false");
        config.put("fetch.max.wait.ms", "20");
        config.put("max.poll.records", "5000");
        return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    }

    public static List<TopicPartition> partitions(KafkaConsumer<String, byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    /** The records ever written to a topic. */
    public long written(String topic) {
        return ends(topic).values().stream().mapToLong(Long::longValue).sum();
    }

    public boolean exists(String topic) throws InterruptedException {
        try {
            return admin.listTopics().names().get().contains(topic);
        } catch (ExecutionException failure) {
            throw new IllegalStateException("Kafka does not tell its topics", failure.getCause());
        }
    }

    /** Where each partition of a topic ends now: the offset of its next record. */
    public Map<TopicPartition, Long> ends(String topic) {
        try {
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            for (TopicPartitionInfo partition : admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .getOrDefault(topic, NO_TOPIC)
                    .partitions()) {
                latest.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest());
            }
            Map<TopicPartition, Long> ends = new HashMap<>();
            admin.listOffsets(latest).all().get().forEach((partition, end) -> ends.put(partition, end.offset()));
            return ends;
        } catch (ExecutionException failure) {
            throw new IllegalStateException("Kafka does not tell the offsets of " + topic, failure.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** How many records of a topic a group has not committed yet. */
    public long lag(String group, String topic) throws InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed;
        try {
            committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("Kafka does not tell the offsets of " + group, failure.getCause());
        }
        long lag = 0;
        for (Map.Entry<TopicPartition, Long> end : ends(topic).entrySet()) {
            OffsetAndMetadata done = committed.get(end.getKey());
            lag += end.getValue() - (done == null ? 0 : done.offset());
        }
        return lag;
    }

    /** Lets a group, which must have no member, go on from the end of a topic. */
    public void skip(String group, String topic) throws InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
        ends(topic).forEach((partition, end) -> ends.put(partition, new OffsetAndMetadata(end)));
        try {
            admin.alterConsumerGroupOffsets(group, ends).all().get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("Kafka does not set the offsets of " + group, failure.getCause());
        }
    }

    /** Returns when a group has caught up with a topic. */
    public void awaitCaughtUp(String group, String topic, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        for (long lag = lag(group, topic); lag > 0; lag = lag(group, topic)) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(
                        "%d records of %s are not applied after %d s".formatted(lag, topic, within.toSeconds()));
            }
            LockSupport.parkNanos(100_000_000);
        }
    }

    /** Reads a topic from its beginning to where it ends now. */
    public void read(String topic, Consumer<ConsumerRecord<String, byte[]>> each) {
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(each);
            }
        }
    }

    @Override
    public void close() {
        // Not for as long as a broker that is gone might still answer.
        admin.close(Duration.ofSeconds(1));
    }
}
