package winback.chassis.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.SendResult;
import winback.contracts.Event;
import winback.contracts.Topic;

/** Publishes events as CloudEvents, keyed by {@link Event#eventKey()}, acknowledged by all replicas. Thread-safe. */
public final class EventPublisher {

    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(15);

    private static final String NOBODY = "";

    private final KafkaTemplate<String, byte[]> kafka;
    private final Topics topics;
    private final String source;

    EventPublisher(KafkaTemplate<String, byte[]> kafka, Topics topics, String source) {
        this.kafka = kafka;
        this.topics = topics;
        this.source = source;
    }

    /**
     * Completes with its place when Kafka has the event; fails with a {@link KafkaException} or Kafka's own. May block up to
     * {@code max.block.ms} (1.5 s) while the topic's metadata or buffer space is lacking.
     */
    public CompletableFuture<SendResult<String, byte[]>> publish(Topic topic, Event event) {
        return send(EventCodec.encode(topics.name(topic), null, source, event));
    }

    /**
     * As {@link #publish(Topic, Event)}, of an event whose JSON was made before; nothing of it is kept until it is
     * acknowledged but what {@code done} keeps.
     *
     * @param done told null when Kafka has it, else what failed; by the producer's thread, or by the caller's before this
     *     returns
     */
    public void publish(Topic topic, Envelope envelope, byte[] json, Consumer<@Nullable Exception> done) {
        ProducerRecord<String, byte[]> record = EventCodec.encode(topics.name(topic), null, source, envelope, json);
        try {
            kafka.execute(producer -> producer.send(record, (place, failure) -> done.accept(failure)));
        } catch (KafkaException | org.apache.kafka.common.KafkaException away) {
            done.accept(away);
        }
    }

    /** As {@link #publish(Topic, Event)}, to a given partition: for events that speak about a partition. */
    public CompletableFuture<SendResult<String, byte[]>> publish(Topic topic, int partition, Event event) {
        return send(EventCodec.encode(topics.name(topic), partition, source, event));
    }

    /** Removes a key from a compacted topic. */
    public CompletableFuture<?> remove(Topic topic, String key) {
        return send(new ProducerRecord<>(topics.name(topic), key, null));
    }

    /**
     * Writes a tombstone of nobody, whose key no subscriber has, to every partition of a compacted topic and returns when
     * Kafka has them: a quiet partition would close its file, and clean it, only at the next record.
     */
    public void stir(Topic topic) {
        List<CompletableFuture<?>> sends = new ArrayList<>(topics.partitions());
        for (int partition = 0; partition < topics.partitions(); partition++) {
            CompletableFuture<?> send = send(new ProducerRecord<>(topics.name(topic), partition, NOBODY, null));
            sends.add(send);
            if (send.isCompletedExceptionally()) {
                break; // each further one would block for the metadata again
            }
        }
        await(sends, ACKNOWLEDGED_WITHIN);
    }

    /** Publishes all and returns when Kafka has them all; throws when it does not within 15 s. */
    public void publishAll(Topic topic, Collection<? extends Event> events) {
        List<CompletableFuture<?>> sends = new ArrayList<>(events.size());
        for (Event event : events) {
            CompletableFuture<?> send = publish(topic, event);
            sends.add(send);
            if (send.isCompletedExceptionally()) {
                break; // each further one would block for the metadata again
            }
        }
        await(sends, ACKNOWLEDGED_WITHIN);
    }

    /** Waits until all are acknowledged; throws {@link KafkaException} when one fails or time is up. */
    public static void await(Collection<? extends CompletableFuture<?>> sends, Duration within) {
        try {
            CompletableFuture.allOf(sends.toArray(CompletableFuture[]::new))
                    .get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while waiting for Kafka", interrupted);
        } catch (ExecutionException failed) {
            throw new KafkaException("Kafka did not take an event", failed.getCause());
        } catch (TimeoutException late) {
            throw new KafkaException("Kafka did not acknowledge within " + within, late);
        }
    }

    private CompletableFuture<SendResult<String, byte[]>> send(ProducerRecord<String, byte[]> record) {
        try {
            return kafka.send(record);
        } catch (KafkaException | org.apache.kafka.common.KafkaException away) {
            return CompletableFuture.failedFuture(away);
        }
    }
}
