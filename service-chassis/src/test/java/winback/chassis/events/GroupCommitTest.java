package winback.chassis.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import winback.contracts.Event;
import winback.contracts.Topic;
import winback.contracts.TrainingSetRequested;
import winback.infrastructure.junit.Infrastructure;

class GroupCommitTest {

    private static final int PARTITIONS = 3;

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.own();

    private final Topics topics = new Topics(new Topics.Settings(
            infra.topicPrefix(),
            PARTITIONS,
            (short) 1,
            Duration.ofDays(1),
            Duration.ofHours(1),
            Duration.ofMinutes(1)));
    private GroupCommit commits;

    @BeforeEach
    void open() {
        topics.create(Map.of("bootstrap.servers", infra.bootstrapServers()));
        commits = new GroupCommit(
                new DefaultKafkaProducerFactory<>(Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        infra.bootstrapServers(),
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                        1000,
                        ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                        StringSerializer.class,
                        ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                        ByteArraySerializer.class)),
                topics,
                "/winback/test");
    }

    @AfterEach
    void close() {
        commits.close();
    }

    private static Event event(String id) {
        return new TrainingSetRequested(id, Instant.EPOCH, 1, Instant.EPOCH);
    }

    private void publish(String... ids) {
        commits.publish(
                Topic.COMMANDS,
                List.of(ids).stream().map(GroupCommitTest::event).toList());
    }

    /** How often Kafka has each key now. */
    private Map<String, Integer> stored() {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", infra.bootstrapServers(), "auto.offset.reset", "earliest");
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(topics.name(Topic.COMMANDS), partition))
                    .toList();
            consumer.assign(partitions);
            long[] ends = new long[PARTITIONS];
            consumer.endOffsets(partitions).forEach((partition, end) -> ends[partition.partition()] = end);
            consumer.seekToBeginning(partitions);
            Map<String, Integer> keys = new HashMap<>();
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends[partition.partition()])) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    keys.merge(record.key(), 1, Integer::sum);
                }
            }
            return keys;
        }
    }

    @Test
    void eachOfACrowdReturnsWhenKafkaHasItsOwn() throws Exception {
        int threads = 64;
        int rounds = 50;
        try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                String thread = "crowd-" + i + "-";
                all.add(crowd.submit(() -> {
                    for (int round = 0; round < rounds; round++) {
                        publish(thread + round + "a", thread + round + "b");
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        Map<String, Integer> stored = stored();
        for (int i = 0; i < threads; i++) {
            for (int round = 0; round < rounds; round++) {
                assertThat(stored)
                        .containsEntry("crowd-" + i + "-" + round + "a", 1)
                        .containsEntry("crowd-" + i + "-" + round + "b", 1);
            }
        }
    }

    @Test
    void whatComesAloneWaitsForNoOther() {
        publish("warm");
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            publish("alone-" + i);
        }
        // Did each linger in the producer, this would be two seconds.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(900));
        assertThat(stored()).containsEntry("alone-19", 1);
    }

    @Test
    void whatKafkaRefusesFailsAlone() throws Exception {
        String tooLarge = "x".repeat(3_000_000);
        try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> large = crowd.submit(() -> publish("before", tooLarge));
            List<Future<?>> small = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String id = "small-" + i;
                small.add(crowd.submit(() -> publish(id)));
            }
            assertThatThrownBy(large::get).hasCauseInstanceOf(KafkaException.class);
            for (Future<?> one : small) {
                one.get();
            }
        }
        assertThat(stored()).containsKey("small-19").doesNotContainKey(tooLarge);
    }

    @Test
    void saysWithinTwoSecondsToAllThatKafkaIsAwayAndGoesOnAfterwards() throws Exception {
        publish("there");
        infra.stopKafka();
        try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Duration>> waits = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String id = "away-" + i;
                waits.add(CompletableFuture.supplyAsync(
                        () -> {
                            long start = System.nanoTime();
                            assertThatThrownBy(() -> publish(id)).isInstanceOf(KafkaException.class);
                            return Duration.ofNanos(System.nanoTime() - start);
                        },
                        CompletableFuture.delayedExecutor(i * 50L, TimeUnit.MILLISECONDS, crowd)));
            }
            for (Future<Duration> wait : waits) {
                assertThat(wait.get()).isLessThan(Duration.ofSeconds(2));
            }
        }
        infra.startKafka();
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> publish("back"));
        assertThat(stored()).containsKeys("there", "back");
    }

    @Test
    void aLeaderThatIsInterruptedTellsThatItFailedAndLetsOthersLead() {
        publish("warm");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> publish("interrupted")).isInstanceOf(KafkaException.class);
        assertThat(Thread.interrupted()).isTrue();
        publish("next");
        assertThat(stored()).containsEntry("next", 1);
    }

    @Test
    void refusesWhenClosed() {
        commits.close();
        assertThatThrownBy(() -> publish("late")).isInstanceOf(KafkaException.class);
    }
}
