package winback.content.broadcast;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.SmartLifecycle;

/**
 * Reads all partitions of some topics without a consumer group, or this instance's {@link Share} of them. Several threads
 * share the partitions; those of one number are read by the same thread on all topics. Ready once the end offsets as read at
 * the start have been reached. When Kafka is away it waits and goes on where it was.
 */
public final class TopicReader implements SmartLifecycle, HealthIndicator {

    /** Which partitions are to be read here; may change at any time. */
    public interface Share {

        /** Each instance sees everything. */
        Share ALL = new Share() {
            @Override
            public boolean isKnown() {
                return true;
            }

            @Override
            public boolean has(int partition) {
                return true;
            }
        };

        /** False before it was ever told. */
        boolean isKnown();

        boolean has(int partition);
    }

    /** Takes the records of one thread. */
    public interface Handler {
        /** A record with a key; its value is null for a tombstone. */
        void on(ConsumerRecord<byte[], byte[]> record);

        /** A record without a key, or that {@link #on} failed for. It is skipped. */
        void onSkipped(ConsumerRecord<byte[], byte[]> record);

        /** This partition is not read here any more. */
        default void onGone(int partition) {}
    }

    private static final Logger log = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final String name;
    private final Map<String, Object> config;
    private final List<String> topics;
    private final Share share;
    private final List<Reading> readings;

    /** Partitions of which everything has been read that was there when they came here. */
    private final Set<Integer> ready = ConcurrentHashMap.newKeySet();

    private volatile boolean running;

    /**
     * @param config of a consumer; group, offset and deserializer settings in it are overridden
     * @param share what of them is read here
     * @param startAt asked once by each thread before it reads: where to start; partitions left out start at the beginning
     * @param beforeReading runs on each thread after {@code startAt} and before the first record; what it throws is tried
     *     again
     * @param handlers one for each thread
     */
    public TopicReader(
            String name,
            Map<String, Object> config,
            List<String> topics,
            Share share,
            Supplier<Map<TopicPartition, Long>> startAt,
            Runnable beforeReading,
            List<? extends Handler> handlers) {
        this.name = name;
        this.config = new HashMap<>(config);
        this.config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        this.config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        this.config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        this.config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500);
        // Many records in one answer instead of one in many: an answer costs client and broker more than its records.
        this.config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1 << 16);
        this.config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 25);
        this.topics = List.copyOf(topics);
        this.share = share;
        this.readings = IntStream.range(0, handlers.size())
                .mapToObj(place -> new Reading(place, handlers.size(), startAt, beforeReading, handlers.get(place)))
                .toList();
    }

    @Override
    public Health health() {
        return isCaughtUp() ? Health.up().build() : Health.outOfService().build();
    }

    /** Records not yet read, as the last answer of the broker told. */
    public long lag() {
        return readings.stream().mapToLong(reading -> reading.lag).sum();
    }

    /** Whether this partition is read here, and everything has been read that was there when it came. */
    public boolean isCaughtUp(int partition) {
        return ready.contains(partition);
    }

    /** Whether everything that was there at the start has been read. Stays so when partitions come later. */
    public boolean isCaughtUp() {
        for (Reading reading : readings) {
            if (!reading.caughtUp) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void start() {
        running = true;
        readings.forEach(Reading::start);
    }

    @Override
    public void stop() {
        running = false;
        readings.forEach(Reading::wakeUp);
        readings.forEach(Reading::join);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** What one thread does. */
    private final class Reading {
        private final int place;
        private final int places;
        private final Supplier<Map<TopicPartition, Long>> startAt;
        private final Runnable beforeReading;
        private final Handler handler;

        private final Map<TopicPartition, Long> positions = new HashMap<>();
        private final Map<TopicPartition, Long> goals = new HashMap<>();
        private volatile boolean caughtUp;
        private volatile long lag;
        private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
        private @Nullable Thread thread;

        Reading(
                int place,
                int places,
                Supplier<Map<TopicPartition, Long>> startAt,
                Runnable beforeReading,
                Handler handler) {
            this.place = place;
            this.places = places;
            this.startAt = startAt;
            this.beforeReading = beforeReading;
            this.handler = handler;
        }

        void start() {
            thread = Thread.ofPlatform()
                    .name(name + "-reader-" + place)
                    .daemon(true)
                    .start(this::run);
        }

        void wakeUp() {
            KafkaConsumer<byte[], byte[]> reading = consumer;
            if (reading != null) {
                reading.wakeup();
            }
        }

        void join() {
            Thread current = thread;
            if (current != null) {
                try {
                    current.join(Duration.ofSeconds(10));
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private void run() {
            boolean begun = false;
            boolean complained = false;
            while (running) {
                try {
                    if (!begun) {
                        positions.putAll(startAt.get());
                        beforeReading.run();
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
            Map<String, Object> own = new HashMap<>(config);
            own.put(ConsumerConfig.CLIENT_ID_CONFIG, "content-" + name + "-" + place);
            try (KafkaConsumer<byte[], byte[]> reading = new KafkaConsumer<>(own)) {
                consumer = reading;
                Set<TopicPartition> all = partitions(reading);
                while (running) {
                    Set<TopicPartition> wanted = all.stream()
                            .filter(partition -> share.has(partition.partition()))
                            .collect(Collectors.toSet());
                    if (!wanted.equals(reading.assignment())) {
                        assign(reading, wanted);
                    }
                    if (wanted.isEmpty()) {
                        LockSupport.parkNanos(POLL.toNanos());
                    } else {
                        for (ConsumerRecord<byte[], byte[]> record : reading.poll(POLL)) {
                            handle(record);
                        }
                    }
                    look(reading, wanted);
                }
            } finally {
                consumer = null;
            }
        }

        private Set<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> reading) {
            Set<TopicPartition> partitions = new HashSet<>();
            for (String topic : topics) {
                List<PartitionInfo> known = reading.partitionsFor(topic);
                if (known == null || known.isEmpty()) {
                    throw new KafkaException("no partitions of " + topic);
                }
                for (PartitionInfo partition : known) {
                    if (partition.partition() % places == place) {
                        partitions.add(new TopicPartition(topic, partition.partition()));
                    }
                }
            }
            return partitions;
        }

        /** Reads these from now on: what is new from its beginning or where it is to start, the rest from where it is. */
        private void assign(KafkaConsumer<byte[], byte[]> reading, Set<TopicPartition> wanted) {
            for (TopicPartition left : Set.copyOf(goals.keySet())) {
                if (!wanted.contains(left)) {
                    goals.remove(left);
                    positions.remove(left);
                    if (ready.remove(left.partition())) {
                        log.info("{} gives partition {} away", name, left.partition());
                    }
                    handler.onGone(left.partition());
                }
            }
            reading.assign(wanted);
            List<TopicPartition> fromBeginning = new ArrayList<>();
            for (TopicPartition partition : wanted) {
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
            List<TopicPartition> come = wanted.stream()
                    .filter(partition -> !goals.containsKey(partition))
                    .toList();
            if (!come.isEmpty()) {
                goals.putAll(reading.endOffsets(come));
            }
        }

        private void handle(ConsumerRecord<byte[], byte[]> record) {
            if (record.key() == null) {
                handler.onSkipped(record);
                return;
            }
            try {
                handler.on(record);
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
        private void look(KafkaConsumer<byte[], byte[]> reading, Set<TopicPartition> partitions) {
            long behind = 0;
            Set<Integer> reached = new HashSet<>();
            Set<Integer> missed = new HashSet<>();
            for (TopicPartition partition : partitions) {
                OptionalLong left = reading.currentLag(partition);
                behind += left.orElse(0);
                if (ready.contains(partition.partition())) {
                    // A new consumer goes on here; without a fetch yet there is no position to ask for.
                    if (left.isPresent()) {
                        positions.put(partition, reading.position(partition, POLL));
                    }
                    continue;
                }
                long position = reading.position(partition, Duration.ofSeconds(5));
                positions.put(partition, position);
                Long end = goals.get(partition);
                (end == null || position >= end ? reached : missed).add(partition.partition());
            }
            lag = behind;
            reached.removeAll(missed);
            ready.addAll(reached);
            if (!caughtUp && missed.isEmpty() && share.isKnown()) {
                caughtUp = true;
                log.info("{} has caught up", place == 0 && places == 1 ? name : name + " " + place);
            }
        }
    }
}
