package winback.content.broadcast;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.SmartLifecycle;
import winback.contracts.Event;

/**
 * Reads all partitions of some topics on one thread, without a consumer group: each instance sees everything. Ready once
 * the end offsets as read at the start have been reached. When Kafka is away it waits and goes on where it was.
 */
public final class TopicReader implements SmartLifecycle, HealthIndicator {

    /** Takes the records; called on one thread only. */
    public interface Handler {
        /**
         * @param event null for a tombstone
         */
        void on(ConsumerRecord<?, ?> record, String key, @Nullable Event event);

        /** A record that is no event, or that {@link #on} failed for. It is skipped. */
        void onSkipped(ConsumerRecord<?, ?> record);
    }

    private static final Logger log = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final String name;
    private final Map<String, Object> config;
    private final List<String> topics;
    private final Supplier<Map<TopicPartition, Long>> startAt;
    private final Handler handler;
    private final Consumer<TopicReader> beforeReading;

    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private @Nullable Map<TopicPartition, Long> goal;
    private volatile boolean caughtUp;
    private volatile boolean running;
    private volatile long lag;
    private volatile @Nullable KafkaConsumer<String, Object> consumer;
    private @Nullable Thread thread;

    /**
     * @param config of a consumer; group and offset settings in it are overridden
     * @param startAt asked once before reading: where to start; partitions left out start at the beginning
     * @param beforeReading runs on the reader's thread after {@code startAt} and before the first record; what it throws
     *     is tried again
     */
    public TopicReader(
            String name,
            Map<String, Object> config,
            List<String> topics,
            Supplier<Map<TopicPartition, Long>> startAt,
            Consumer<TopicReader> beforeReading,
            Handler handler) {
        this.name = name;
        this.config = new HashMap<>(config);
        this.config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        this.config.put(ConsumerConfig.CLIENT_ID_CONFIG, "content-" + name);
        this.config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2000);
        this.config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        this.topics = List.copyOf(topics);
        this.startAt = startAt;
        this.beforeReading = beforeReading;
        this.handler = handler;
    }

    @Override
    public Health health() {
        return caughtUp ? Health.up().build() : Health.outOfService().build();
    }

    /** Records not yet read, as the last answer of the broker told. */
    public long lag() {
        return lag;
    }

    /** Whether everything that was there at the start has been read. */
    public boolean isCaughtUp() {
        return caughtUp;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name(name + "-reader").daemon(true).start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        KafkaConsumer<String, Object> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        Thread current = thread;
        if (current != null) {
            try {
                current.join(Duration.ofSeconds(10));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        boolean begun = false;
        boolean complained = false;
        while (running) {
            try {
                if (!begun) {
                    positions.putAll(startAt.get());
                    beforeReading.accept(this);
                    begun = true;
                }
                read();
                complained = false;
            } catch (WakeupException | InterruptException stopping) {
                log.debug("{} woken up", name);
            } catch (RuntimeException failed) {
                if (!complained) {
                    complained = true;
                    log.warn("{} waits: {}", name, failed.toString());
                }
                try {
                    TimeUnit.MILLISECONDS.sleep(300);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private void read() {
        try (KafkaConsumer<String, Object> reading = new KafkaConsumer<>(config)) {
            consumer = reading;
            Collection<TopicPartition> partitions = partitions(reading);
            reading.assign(partitions);
            List<TopicPartition> fromBeginning = new ArrayList<>();
            for (TopicPartition partition : partitions) {
                Long position = positions.get(partition);
                if (position == null) {
                    fromBeginning.add(partition);
                } else {
                    reading.seek(partition, position);
                }
            }
            if (!fromBeginning.isEmpty()) {
                reading.seekToBeginning(fromBeginning);
            }
            if (goal == null) {
                goal = reading.endOffsets(partitions);
            }
            while (running) {
                for (ConsumerRecord<String, Object> record : reading.poll(POLL)) {
                    handle(record);
                }
                look(reading, partitions);
            }
        } finally {
            consumer = null;
        }
    }

    private Collection<TopicPartition> partitions(KafkaConsumer<String, Object> reading) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            List<PartitionInfo> known = reading.partitionsFor(topic);
            if (known == null || known.isEmpty()) {
                throw new KafkaException("no partitions of " + topic);
            }
            known.forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
        }
        return partitions;
    }

    private void handle(ConsumerRecord<String, Object> record) {
        String key = record.key();
        Object value = record.value();
        if (key == null || !(value == null || value instanceof Event)) {
            handler.onSkipped(record);
            return;
        }
        try {
            handler.on(record, key, (Event) value);
        } catch (RuntimeException failed) {
            log.warn(
                    "{} skips {}-{}@{}: {}",
                    name,
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    failed.getClass().getSimpleName());
            handler.onSkipped(record);
        }
    }

    /** Where it stands now. */
    private void look(KafkaConsumer<String, Object> reading, Collection<TopicPartition> partitions) {
        long behind = 0;
        boolean reached = true;
        Map<TopicPartition, Long> wanted = goal == null ? Map.of() : goal;
        for (TopicPartition partition : partitions) {
            OptionalLong left = reading.currentLag(partition);
            behind += left.orElse(0);
            if (caughtUp) {
                // A new consumer goes on here; without a fetch yet there is no position to ask for.
                if (left.isPresent()) {
                    positions.put(partition, reading.position(partition, POLL));
                }
                continue;
            }
            long position = reading.position(partition, Duration.ofSeconds(5));
            positions.put(partition, position);
            Long end = wanted.get(partition);
            reached &= end == null || position >= end;
        }
        lag = behind;
        if (reached && !caughtUp) {
            caughtUp = true;
            log.info("{} has caught up", name);
        }
    }
}
