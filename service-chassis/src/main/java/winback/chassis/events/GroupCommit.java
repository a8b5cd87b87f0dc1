package winback.chassis.events;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.ProducerFactory;
import winback.contracts.Event;
import winback.contracts.Topic;

/**
 * Publishes what many threads say at once, each of which waits for its own answer, as databases commit their logs: while one
 * group is on its way to Kafka the next one gathers. An event that comes alone waits for no other, and a crowd shares the
 * wake-ups and requests, which cost far more than an event. Thread-safe.
 *
 * <p>There is no thread for it. Whoever comes while no group is on its way leads one: sends all that wait, itself among them,
 * waits for Kafka, tells the others, and lets the first of those who came meanwhile lead the next.
 */
public final class GroupCommit implements AutoCloseable {

    /**
     * Kafka's absence is said within 2 s. Lingering never ends a batch, its group does; without it a group's first record
     * would leave in a request of its own. Groups are too small to be worth compressing.
     */
    private static final Map<String, Object> SETTINGS = Map.of(
            ProducerConfig.LINGER_MS_CONFIG, 100,
            ProducerConfig.COMPRESSION_TYPE_CONFIG, "none",
            ProducerConfig.MAX_BLOCK_MS_CONFIG, 500,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 1400,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 1500);

    private enum Turn {
        LEAD,
        OVER
    }

    /** The events of one thread. */
    private static final class Write {
        private final List<ProducerRecord<String, byte[]>> records;
        /** That it is for this thread to lead, or that its own events are through or failed. */
        private final CompletableFuture<Turn> turn = new CompletableFuture<>();

        private volatile @Nullable Throwable failure;

        Write(List<ProducerRecord<String, byte[]>> records) {
            this.records = records;
        }

        void send(Producer<String, byte[]> kafka) {
            for (ProducerRecord<String, byte[]> record : records) {
                try {
                    kafka.send(record, (place, refusal) -> {
                        if (refusal != null) {
                            failure = refusal;
                        }
                    });
                } catch (RuntimeException refusal) {
                    failure = refusal;
                }
                if (failure != null) {
                    return;
                }
            }
        }

        void refuse(TimeoutException reason) {
            failure = reason;
            turn.complete(Turn.OVER);
        }
    }

    private final ProducerFactory<String, byte[]> producers;
    private final Producer<String, byte[]> kafka;
    private final Topics topics;
    private final String source;
    private final Queue<Write> waiting = new ConcurrentLinkedQueue<>();
    /** Whether somebody leads, or has been told to. Only a leader takes out of {@link #waiting}. */
    private final AtomicBoolean led = new AtomicBoolean();

    GroupCommit(ProducerFactory<String, byte[]> producers, Topics topics, String source) {
        this.producers = producers.copyWithConfigurationOverride(SETTINGS);
        this.kafka = this.producers.createProducer();
        this.topics = topics;
        this.source = source;
    }

    /**
     * Returns when Kafka has them all.
     *
     * @throws KafkaException if Kafka did not acknowledge each of them within 2 s; it may have some or all of them
     */
    public void publish(Topic topic, Collection<? extends Event> events) {
        if (events.isEmpty()) {
            return;
        }
        String name = topics.name(topic);
        Write write = new Write(events.stream()
                .map(event -> EventCodec.encode(name, null, source, event))
                .toList());
        waiting.add(write);
        // Without a limit of its own, which would cost a timer an event: the producer has one.
        if (led.compareAndSet(false, true) || write.turn.join() == Turn.LEAD) {
            lead();
        }
        if (write.failure != null) {
            throw new KafkaException("Kafka did not take an event", write.failure);
        }
    }

    private void lead() {
        List<Write> group = new ArrayList<>();
        for (Write write = waiting.poll(); write != null; write = waiting.poll()) {
            group.add(write);
        }
        try {
            commit(group);
        } catch (Throwable failure) {
            // Whatever it is, nobody takes it for an acknowledgement, and nobody waits for ever.
            group.forEach(write -> write.failure = failure);
        } finally {
            handOver();
            group.forEach(write -> write.turn.complete(Turn.OVER));
        }
    }

    private void commit(List<Write> group) {
        @Nullable TimeoutException away = null;
        for (Write write : group) {
            if (away == null) {
                write.send(kafka);
                // It has waited for Kafka already, and each further one would wait again.
                away = timeout(write);
            } else {
                write.failure = away;
            }
        }
        kafka.flush();
        for (Write write : group) {
            TimeoutException late = timeout(write);
            if (late != null) {
                // Who has come meanwhile has waited as well, and is told the same instead of waiting again.
                for (Write other = waiting.poll(); other != null; other = waiting.poll()) {
                    other.refuse(late);
                }
                return;
            }
        }
    }

    private static @Nullable TimeoutException timeout(Write write) {
        return write.failure instanceof TimeoutException late ? late : null;
    }

    private void handOver() {
        do {
            Write next = waiting.peek();
            if (next != null) {
                next.turn.complete(Turn.LEAD);
                return;
            }
            led.set(false);
            // Who came between the look and the line above found a leader.
        } while (!waiting.isEmpty() && led.compareAndSet(false, true));
    }

    /** What is on its way is waited for, what comes later refused. */
    @Override
    public void close() {
        producers.reset();
    }
}
