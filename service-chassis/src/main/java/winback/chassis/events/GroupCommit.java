package winback.chassis.events;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
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
 */
public final class GroupCommit implements AutoCloseable {

    /** A group that takes longer does not keep the next one waiting, so that Kafka's absence is told to all after one delay. */
    private static final long PATIENCE_NANOS = Duration.ofMillis(50).toNanos();

    /** Kafka's absence is said within 2 s. Groups are what lingering is for, and too small to be worth compressing. */
    private static final Map<String, Object> SETTINGS = Map.of(
            ProducerConfig.LINGER_MS_CONFIG, 0,
            ProducerConfig.COMPRESSION_TYPE_CONFIG, "none",
            ProducerConfig.MAX_BLOCK_MS_CONFIG, 500,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 1400,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 1500);

    /** What one thread waits for. */
    private static final class Write extends CompletableFuture<@Nullable Void> {
        private final List<ProducerRecord<String, byte[]>> records;
        private final AtomicInteger unacknowledged;

        Write(List<ProducerRecord<String, byte[]>> records) {
            this.records = records;
            this.unacknowledged = new AtomicInteger(records.size());
        }

        @Nullable
        Throwable timedOut() {
            return isCompletedExceptionally() && exceptionNow() instanceof TimeoutException late ? late : null;
        }
    }

    /** Those that were sent together. */
    private final class Group {
        /** Records, and one more until all of them are sent. */
        private final AtomicInteger unacknowledged = new AtomicInteger(1);

        boolean isOver() {
            return unacknowledged.get() == 0;
        }

        Callback callback(Write write) {
            unacknowledged.incrementAndGet();
            return (RecordMetadata place, Exception failure) -> {
                if (failure != null) {
                    write.completeExceptionally(failure);
                } else if (write.unacknowledged.decrementAndGet() == 0) {
                    write.complete(null);
                }
                countDown();
            };
        }

        void countDown() {
            if (unacknowledged.decrementAndGet() == 0 && !waiting.isEmpty()) {
                wake();
            }
        }
    }

    private final ProducerFactory<String, byte[]> producers;
    private final Producer<String, byte[]> kafka;
    private final Topics topics;
    private final String source;
    private final Queue<Write> waiting = new ConcurrentLinkedQueue<>();
    private final Thread committer;
    private volatile Group group = new Group();
    private volatile boolean parked;
    private volatile boolean closed;

    GroupCommit(ProducerFactory<String, byte[]> producers, Topics topics, String source) {
        this.producers = producers.copyWithConfigurationOverride(SETTINGS);
        this.kafka = this.producers.createProducer();
        this.topics = topics;
        this.source = source;
        group.countDown();
        this.committer = Thread.ofPlatform().daemon().name("group-commit").start(this::run);
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
        if (closed) {
            refuseAll();
        } else if (group.isOver()) {
            wake();
        }
        try {
            // Without a limit of its own, which would cost a timer an event: the producer has one.
            write.join();
        } catch (CompletionException failed) {
            throw new KafkaException("Kafka did not take an event", failed.getCause());
        }
    }

    private void wake() {
        if (parked) {
            LockSupport.unpark(committer);
        }
    }

    private void run() {
        Queue<Write> writes = new ArrayDeque<>();
        try {
            while (!closed) {
                awaitWrites();
                for (Write write = waiting.poll(); write != null; write = waiting.poll()) {
                    writes.add(write);
                }
                commit(writes);
                writes.clear();
            }
        } finally {
            // Whatever ends this thread, nobody waits for it for ever.
            closed = true;
            waiting.addAll(writes);
            refuseAll();
        }
    }

    /** Until there are some, and the last group is over or late. */
    private void awaitWrites() {
        long last = System.nanoTime();
        parked = true;
        while (!closed) {
            boolean over = group.isOver();
            long left = last + PATIENCE_NANOS - System.nanoTime();
            if (!waiting.isEmpty() && (over || left <= 0)) {
                break;
            }
            if (over) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, left > 0 ? left : PATIENCE_NANOS);
            }
        }
        parked = false;
    }

    private void commit(Queue<Write> writes) {
        Group next = new Group();
        group = next;
        @Nullable Throwable away = null;
        for (Write write : writes) {
            if (away == null) {
                send(write, next);
                // It has waited for Kafka already, and each further one would wait again.
                away = write.timedOut();
            } else {
                write.completeExceptionally(away);
            }
        }
        next.countDown();
    }

    private void send(Write write, Group next) {
        for (ProducerRecord<String, byte[]> record : write.records) {
            Callback callback = next.callback(write);
            try {
                kafka.send(record, callback);
            } catch (RuntimeException failure) {
                callback.onCompletion(null, failure);
            }
            if (write.isCompletedExceptionally()) {
                return;
            }
        }
    }

    private void refuseAll() {
        for (Write write = waiting.poll(); write != null; write = waiting.poll()) {
            write.completeExceptionally(new KafkaException("shutting down"));
        }
    }

    /** What waits is refused, what is on its way is waited for. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(committer);
        producers.reset();
    }
}
