package winback.benchmarks.predict;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import winback.benchmarks.rig.CloudEvents;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Topics;
import winback.contracts.EventType;
import winback.contracts.TrainingPartitionClosed;
import winback.contracts.TrainingSetRequested;

/** Plays profile-service's part in a training: answers each request for a data set with rows of generated customers. */
final class TrainingRows implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final GeneratedCustomers customers;
    private final KafkaConsumer<String, byte[]> commands;
    private final KafkaProducer<String, byte[]> producer;
    private final int partitions;
    private final Thread listening;

    /** Once the topics exist. */
    TrainingRows(GeneratedCustomers customers, Topics topics, String bootstrapServers) {
        this.customers = customers;
        this.commands = topics.consumer();
        this.producer = CloudEvents.producer(bootstrapServers);
        List<TopicPartition> assigned = Topics.partitions(commands, Topics.COMMANDS);
        this.partitions = assigned.size();
        commands.assign(assigned);
        commands.seekToEnd(assigned);
        assigned.forEach(commands::position); // sought only when asked for
        this.listening = Thread.ofPlatform().name("training-rows").start(this::listen);
    }

    private void listen() {
        try {
            while (true) {
                for (ConsumerRecord<String, byte[]> record : commands.poll(Duration.ofMillis(200))) {
                    answer(JSON.readValue(record.value(), TrainingSetRequested.class));
                }
            }
        } catch (WakeupException closing) {
            commands.close();
        }
    }

    private void answer(TrainingSetRequested request) {
        long began = System.nanoTime();
        // Another cutoff is another draw, and the same one, to the day, the same.
        long window = request.cutoff().truncatedTo(ChronoUnit.DAYS).getEpochSecond();
        AtomicLongArray counts = new AtomicLongArray(partitions);
        for (int number = 0; number < customers.size(); number++) {
            String id = GeneratedCustomers.id(number);
            producer.send(
                    CloudEvents.of(
                            Topics.TRAINING,
                            null,
                            EventType.TRAINING_ROW,
                            id,
                            "row:" + request.datasetId() + ":" + id,
                            row(request, id, customers.customer(number, window, request.horizonDays()))),
                    (place, failure) -> {
                        if (failure != null) {
                            Report.say("a training row was not taken: %s", failure);
                        } else {
                            counts.incrementAndGet(place.partition());
                        }
                    });
        }
        producer.flush();
        for (int partition = 0; partition < partitions; partition++) {
            TrainingPartitionClosed closed = new TrainingPartitionClosed(
                    request.datasetId(),
                    partition,
                    partitions,
                    counts.get(partition),
                    customers.schema().fingerprint(),
                    customers.schema().names(),
                    List.of(),
                    List.of(),
                    Instant.now(),
                    null);
            producer.send(CloudEvents.of(
                    Topics.TRAINING,
                    partition,
                    EventType.TRAINING_PARTITION_CLOSED,
                    closed.eventKey(),
                    closed.eventId(),
                    JSON.writeValueAsBytes(closed)));
        }
        producer.flush();
        Report.say(
                "%d rows as of %s published in %d s",
                customers.size(),
                request.cutoff().truncatedTo(ChronoUnit.SECONDS),
                (System.nanoTime() - began) / 1_000_000_000);
    }

    private static byte[] row(TrainingSetRequested request, String id, GeneratedCustomers.Customer customer) {
        Map<String, @Nullable Object> row = new HashMap<>();
        row.put("datasetId", request.datasetId());
        row.put("subscriberId", id);
        row.put("cutoff", request.cutoff());
        row.put("features", customer.features());
        row.put("periods", customer.periods());
        if (request.horizonDays() > 0) {
            row.put(
                    "labels",
                    Map.of(
                            "orders", customer.orders(),
                            "spend", customer.spend(),
                            "visits", customer.orders(),
                            "engaged", customer.orders() > 0));
        }
        return JSON.writeValueAsBytes(row);
    }

    @Override
    public void close() {
        commands.wakeup();
        try {
            listening.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(1));
    }
}
