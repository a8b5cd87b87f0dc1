package winback.prediction;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.kafka.support.SendResult;
import winback.chassis.events.EventDeserializer;
import winback.chassis.events.EventPublisher;
import winback.contracts.Event;
import winback.contracts.ProfileChanged;
import winback.contracts.Topic;
import winback.contracts.TrainingPartitionClosed;
import winback.contracts.TrainingRow;
import winback.contracts.TrainingSetRequested;
import winback.prediction.models.FeatureSchema;

/** Plays profile-service's part on the topics: answers requests for training sets, and publishes profiles. */
final class PlayedProfileService implements AutoCloseable {

    private static final int PARTITIONS = 3;

    /** What profiles are as of; the end of the history unless the service lives before it. */
    Instant profilesAsOf;

    /** Changes a row before it is published. */
    interface Mood {
        SimulatedShop.Row of(SimulatedShop.Row row);
    }

    final List<TrainingSetRequested> requests = new CopyOnWriteArrayList<>();

    private final SimulatedShop shop;
    private final int days;
    private final Instant end;
    private final Thread listening;
    private final KafkaConsumer<String, Object> consumer;
    private volatile EventPublisher events;
    private volatile boolean closed;

    /** Each row is published so many times. */
    volatile int copies = 1;

    /** This partition is not closed; −1 for none. */
    volatile int forgottenPartition = -1;

    /** Of each data set only so many rows are published, and nothing is closed. */
    volatile int stopAfter = Integer.MAX_VALUE;

    volatile Mood mood = row -> row;

    /** Of the rows as the mood leaves them. */
    volatile FeatureSchema schema = SimulatedShop.SCHEMA;

    /** The last periods that a subscriber is sent with, shape [12][q]. */
    volatile Function<SimulatedShop.Row, float[][]> periods = row -> new float[12][2];

    volatile int most = Integer.MAX_VALUE;

    /** Rows say that they are as of so much after the cutoff. */
    volatile Duration ahead = Duration.ZERO;

    /**
     * @param days of history, which ends at {@code end}
     */
    PlayedProfileService(
            SimulatedShop shop, int days, Instant end, String bootstrap, String prefix, EventPublisher events) {
        this.shop = shop;
        this.days = days;
        this.end = end;
        this.profilesAsOf = end;
        this.events = events;
        this.consumer = consumer(bootstrap);
        consumer.subscribe(List.of(prefix + Topic.COMMANDS.wireName()));
        this.listening = Thread.ofVirtual().start(this::listen);
    }

    static KafkaConsumer<String, Object> consumer(String bootstrap) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, "test-" + UUID.randomUUID());
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, EventDeserializer.class);
        return new KafkaConsumer<>(properties);
    }

    /** After a restart of the service whose publisher is borrowed. */
    void publishWith(EventPublisher publisher) {
        this.events = publisher;
    }

    private void listen() {
        while (!closed) {
            for (ConsumerRecord<String, Object> record : consumer.poll(Duration.ofMillis(100))) {
                if (record.value() instanceof TrainingSetRequested request) {
                    requests.add(request);
                    answer(request);
                }
            }
        }
        consumer.close();
    }

    private int day(Instant at) {
        return days - 1 - (int) Math.round(Duration.between(at, end).toHours() / 24.);
    }

    void answer(TrainingSetRequested request) {
        int day = day(request.cutoff());
        long[] counts = new long[PARTITIONS];
        List<TrainingRow> rows = new ArrayList<>();
        for (SimulatedShop.Row original : shop.rows(day, request.horizonDays())) {
            if (rows.size() >= most) {
                break;
            }
            SimulatedShop.Row row = mood.of(original);
            rows.add(new TrainingRow(
                    request.datasetId(),
                    row.subscriberId(),
                    request.cutoff().plus(ahead),
                    row.features(),
                    periods.apply(row),
                    request.horizonDays() == 0
                            ? null
                            : new TrainingRow.Labels(row.orders(), row.spend(), row.visits(), row.engaged())));
        }
        for (int copy = 0; copy < copies; copy++) {
            List<CompletableFuture<?>> sends = new ArrayList<>();
            for (TrainingRow row : rows.subList(0, Math.min(stopAfter, rows.size()))) {
                sends.add(events.publish(Topic.TRAINING, row));
            }
            for (CompletableFuture<?> sent : sends) {
                counts[partition(await(sent))] += copy == 0 ? 1 : 0;
            }
        }
        if (stopAfter < rows.size()) {
            return;
        }
        for (int partition = 0; partition < PARTITIONS; partition++) {
            if (partition != forgottenPartition) {
                await(events.publish(
                        Topic.TRAINING,
                        partition,
                        new TrainingPartitionClosed(
                                request.datasetId(),
                                partition,
                                PARTITIONS,
                                counts[partition],
                                schema.fingerprint(),
                                schema.names(),
                                schema.groups(),
                                List.of("orders", "spend"),
                                request.requestedAt(),
                                null)));
            }
        }
    }

    /** Publishes the profiles of everyone as of the end of the history. */
    int publishProfiles(long version, String schema) {
        List<Event> profiles = new ArrayList<>();
        for (SimulatedShop.Row row : shop.rows(days - 1, 0)) {
            profiles.add(
                    profile(row.subscriberId(), version, schema, mood.of(row).features(), periods.apply(row)));
        }
        events.publishAll(Topic.PROFILE, profiles);
        return profiles.size();
    }

    ProfileChanged profile(String subscriberId, long version, String schema, float[] features) {
        return profile(subscriberId, version, schema, features, new float[12][2]);
    }

    ProfileChanged profile(String subscriberId, long version, String schema, float[] features, float[][] sequence) {
        return new ProfileChanged(
                subscriberId,
                version,
                profilesAsOf,
                "active",
                profilesAsOf,
                schema,
                features,
                sequence,
                Map.of(),
                List.of(),
                null,
                null);
    }

    void publish(Topic topic, Event event) {
        await(events.publish(topic, event));
    }

    private static int partition(Object sent) {
        return ((SendResult<?, ?>) sent).getRecordMetadata().partition();
    }

    void erase(String subscriberId) {
        await(events.remove(Topic.PROFILE, subscriberId));
    }

    private static Object await(CompletableFuture<?> sent) {
        try {
            return sent.get(20, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError("Kafka did not take it", failed);
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        listening.join();
    }
}
