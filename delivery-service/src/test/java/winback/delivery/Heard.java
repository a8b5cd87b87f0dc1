package winback.delivery;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import winback.chassis.events.EventDeserializer;
import winback.contracts.DeliveryDue;
import winback.contracts.DeliveryRefused;
import winback.contracts.DeliveryScheduled;

/** Everything on some topics from their beginning, as another service would hear it. */
final class Heard implements AutoCloseable {

    private final KafkaConsumer<String, byte[]> consumer;
    private final List<ConsumerRecord<String, byte[]>> records = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    Heard(String bootstrapServers, List<String> topics, int partitions) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        50),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = topics.stream()
                .flatMap(topic -> Stream.iterate(0, p -> p + 1)
                        .limit(topic.endsWith(".dlt") ? 1 : partitions)
                        .map(p -> new TopicPartition(topic, p)))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        thread = Thread.ofPlatform().name("heard").start(this::listen);
    }

    private void listen() {
        while (!closed) {
            consumer.poll(Duration.ofMillis(50)).forEach(records::add);
        }
        consumer.close();
    }

    List<ConsumerRecord<String, byte[]>> on(String topic, String key) {
        return records.stream()
                .filter(record -> record.topic().equals(topic) && key.equals(record.key()))
                .toList();
    }

    /** All records of that topic. */
    List<ConsumerRecord<String, byte[]>> on(String topic) {
        return records.stream().filter(record -> record.topic().equals(topic)).toList();
    }

    static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private <E> Stream<E> events(Class<E> type, String subscriberId) {
        return records.stream()
                .filter(record -> subscriberId.equals(record.key()) && record.value() != null)
                .map(record -> decode(record))
                .filter(type::isInstance)
                .map(type::cast);
    }

    private static Object decode(ConsumerRecord<String, byte[]> record) {
        try (EventDeserializer deserializer = new EventDeserializer()) {
            Object event = deserializer.deserialize(record.topic(), record.headers(), record.value());
            return event == null ? "" : event;
        }
    }

    <E> List<E> all(Class<E> type, String subscriberId) {
        return events(type, subscriberId).toList();
    }

    List<DeliveryScheduled> scheduled(String subscriberId) {
        return all(DeliveryScheduled.class, subscriberId);
    }

    List<DeliveryDue> due(String subscriberId) {
        return all(DeliveryDue.class, subscriberId);
    }

    List<DeliveryRefused> refused(String subscriberId) {
        return all(DeliveryRefused.class, subscriberId);
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
