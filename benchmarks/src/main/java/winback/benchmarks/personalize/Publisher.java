package winback.benchmarks.personalize;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import winback.benchmarks.rig.CloudEvents;
import winback.benchmarks.rig.Topics;
import winback.contracts.EventType;

/** Publishes what is known of subscribers, as the other services would. */
final class Publisher implements AutoCloseable {

    private final KafkaProducer<String, byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /** @param kafka its address */
    Publisher(String kafka) {
        this.producer = CloudEvents.producer(kafka);
    }

    /** Everything of one subscriber. */
    void all(int number, Instant now) {
        change(number, now);
        long version = now.toEpochMilli();
        send(
                Topics.SEND_TIMES,
                EventType.SEND_TIMES_CHANGED,
                "sendtimes",
                number,
                version,
                Subscribers.sendTimes(number, version, now));
    }

    /** A newer profile, and the scores of it. */
    void change(int number, Instant now) {
        // Later ones have to be larger, and nobody says by how much.
        long version = now.toEpochMilli();
        send(
                Topics.PROFILE,
                EventType.PROFILE_CHANGED,
                "profile",
                number,
                version,
                Subscribers.profile(number, version, now));
        send(
                Topics.SCORES,
                EventType.SCORES_CHANGED,
                "scores",
                number,
                version,
                Subscribers.scores(number, version, now));
    }

    private void send(String topic, EventType type, String kind, int number, long version, String json) {
        String id = Subscribers.id(number);
        ProducerRecord<String, byte[]> event = CloudEvents.of(
                topic, null, type, id, kind + ":" + id + ":" + version, json.getBytes(StandardCharsets.UTF_8));
        producer.send(event, (place, wrong) -> {
            if (wrong != null) {
                failure.compareAndSet(null, wrong);
            }
        });
        Exception wrong = failure.get();
        if (wrong != null) {
            throw new IllegalStateException("Kafka did not take an event", wrong);
        }
    }

    /** Returns when Kafka has everything. */
    @Override
    public void close() {
        producer.flush();
        producer.close(Duration.ofSeconds(5));
        Exception wrong = failure.get();
        if (wrong != null) {
            throw new IllegalStateException("Kafka did not take an event", wrong);
        }
    }
}
