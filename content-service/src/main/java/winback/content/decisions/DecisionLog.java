package winback.content.decisions;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import winback.chassis.events.Envelope;
import winback.chassis.events.EventPublisher;
import winback.content.journal.Journal;
import winback.contracts.ContentDecided;
import winback.contracts.EventType;
import winback.contracts.Topic;

/**
 * Publishes decisions behind the path, which does not wait for Kafka. A decision is in the {@link Journal} before it is
 * answered and leaves it when Kafka has acknowledged it; until then it is tried again, however long Kafka is away and
 * whatever becomes of this process, always with the same {@code ce_id}. When the journal is full there are no more
 * decisions.
 */
@Component
class DecisionLog implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(DecisionLog.class);
    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(200);
    /** Looked for again after so long, so that no request has to wake this thread, and several go in one batch. */
    private static final Duration IDLE = Duration.ofMillis(5);

    private static final Duration LONGEST_IDLE = Duration.ofMillis(20);
    private static final int MOST_UNDER_WAY = 4_000;

    /** Of a decision's event id, before its own. */
    static final String ID_PREFIX = "decision:";

    /** An attribute of the event: whether delivery-service is meant. */
    static final String DELIVER = "deliver";

    /** One decision as it lies in the journal: id, time, whether to deliver, key with its length, JSON. */
    @SuppressWarnings("ArrayRecordComponent") // bytes, compared nowhere
    private record Logged(String decisionId, Instant decidedAt, boolean deliver, String subscriberId, byte[] json) {

        private static final int ID_BYTES = 36;

        static byte[] bytes(ContentDecided decision, byte[] json) {
            byte[] id = decision.decisionId().getBytes(StandardCharsets.US_ASCII);
            byte[] key = decision.subscriberId().getBytes(StandardCharsets.UTF_8);
            if (id.length != ID_BYTES) {
                throw new IllegalArgumentException("Invalid decision id: " + decision.decisionId());
            }
            return ByteBuffer.allocate(ID_BYTES + Long.BYTES + 2 * Integer.BYTES + 1 + key.length + json.length)
                    .put(id)
                    .putLong(decision.decidedAt().getEpochSecond())
                    .putInt(decision.decidedAt().getNano())
                    .put((byte) (decision.deliver() ? 1 : 0))
                    .putInt(key.length)
                    .put(key)
                    .put(json)
                    .array();
        }

        /** @throws BufferUnderflowException when they are none */
        static Logged of(byte[] bytes) {
            ByteBuffer from = ByteBuffer.wrap(bytes);
            String id = text(from, ID_BYTES);
            Instant at = Instant.ofEpochSecond(from.getLong(), from.getInt());
            boolean deliver = from.get() == 1;
            String key = text(from, from.getInt());
            byte[] json = new byte[from.remaining()];
            from.get(json);
            return new Logged(id, at, deliver, key, json);
        }

        private static String text(ByteBuffer from, int length) {
            byte[] text = new byte[length];
            from.get(text);
            return new String(text, StandardCharsets.UTF_8);
        }

        Envelope envelope() {
            return new Envelope(
                    EventType.CONTENT_DECIDED,
                    ID_PREFIX + decisionId,
                    decidedAt,
                    subscriberId,
                    Map.of(DELIVER, Boolean.toString(deliver)));
        }

        ContentDecided decision() {
            return DecisionJson.decision(json);
        }
    }

    /**
     * A decision that Kafka was given and has not acknowledged yet. It stays in the journal alone until then: thousands on
     * the heap for a tenth of a second are what each collection would have to copy.
     */
    private static final class UnderWay {
        private final Journal.Place place;
        private final Journal.Place next;
        private final AtomicReference<State> state = new AtomicReference<>(State.SENT);

        UnderWay(Journal.Entry entry) {
            this.place = entry.place();
            this.next = entry.next();
        }

        /** Whether this made it so. */
        boolean end() {
            return state.getAndSet(State.OVER) != State.OVER;
        }

        private enum State {
            SENT,
            FAILED,
            OVER
        }
    }

    private final EventPublisher publisher;
    private final Journal journal;
    private final Deque<UnderWay> underWay = new ConcurrentLinkedDeque<>();
    private int underWayNow; // for the publishing thread: counting a linked queue takes long
    private final AtomicLong unpublished = new AtomicLong();
    private final Counter failures;
    private final Counter dropped;
    private volatile boolean running;
    private volatile boolean failed;
    private volatile @Nullable Thread thread;

    DecisionLog(EventPublisher publisher, Journal journal, MeterRegistry meters) {
        this.publisher = publisher;
        this.journal = journal;
        this.failures = Counter.builder("winback.decisions.publish.failures")
                .description("Attempts that Kafka did not acknowledge; each is repeated")
                .register(meters);
        this.dropped = Counter.builder("winback.decisions.dropped")
                .description("Decisions that Kafka will never take, such as too large ones")
                .register(meters);
        Gauge.builder("winback.decisions.unpublished", unpublished, AtomicLong::get)
                .description("Decisions that Kafka has not acknowledged yet")
                .register(meters);
        Gauge.builder("winback.journal.bytes", journal, Journal::bytes)
                .description("Files of the decisions' journal")
                .baseUnit("bytes")
                .register(meters);
        unpublished.set(journal.waiting().size());
        if (unpublished.get() > 0) {
            log.info("{} decisions of an earlier process are published now", unpublished.get());
        }
    }

    /** Whether one more decision can be made. */
    boolean hasRoom() {
        return journal.hasRoom();
    }

    /**
     * Hands over a decision; from here on it survives the process. Does not block.
     *
     * @param json of the same
     * @return false when there was no room after all
     */
    boolean append(ContentDecided decision, byte[] json) {
        byte[] bytes = Logged.bytes(decision, json);
        if (bytes.length > journal.mostRecordBytes() || !journal.append(bytes)) {
            return false;
        }
        unpublished.incrementAndGet();
        return true;
    }

    /** Those that Kafka may not have yet, of earlier processes too. */
    List<ContentDecided> waiting() {
        List<ContentDecided> waiting = new ArrayList<>();
        for (byte[] record : journal.waiting()) {
            waiting.add(Logged.of(record).decision());
        }
        return waiting;
    }

    /** Drops those of these subscribers that Kafka has not acknowledged, unless it was given them already. */
    void forget(Collection<String> subscriberIds, Predicate<ContentDecided> which) {
        Set<Journal.Place> forgotten = journal.erase(record -> {
            Logged logged = Logged.of(record);
            return subscriberIds.contains(logged.subscriberId()) && which.test(logged.decision());
        });
        for (UnderWay one : underWay) {
            if (forgotten.remove(one.place) && one.end()) {
                unpublished.decrementAndGet();
            }
        }
        // Of those not read yet: the others are counted as they leave.
        unpublished.addAndGet(-forgotten.size());
    }

    long unpublished() {
        return unpublished.get();
    }

    private void run() {
        long idle = IDLE.toNanos();
        while (running || unpublished.get() > 0) {
            boolean moved = leave();
            if (failed) {
                failed = false;
                LockSupport.parkNanos(PAUSE.toNanos());
                sendAgain();
            }
            Journal.Entry entry = underWayNow < MOST_UNDER_WAY ? journal.next() : null;
            if (entry != null) {
                UnderWay one = new UnderWay(entry);
                underWay.add(one);
                underWayNow++;
                send(one, Logged.of(entry.record()));
                idle = IDLE.toNanos();
            } else if (!moved) {
                LockSupport.parkNanos(idle);
                idle = Math.min(2 * idle, LONGEST_IDLE.toNanos());
            }
            if (Thread.interrupted()) {
                return;
            }
        }
    }

    /** Those at the front that are over leave the journal. */
    private boolean leave() {
        Journal.Place upTo = null;
        for (UnderWay first = underWay.peek();
                first != null && first.state.get() == UnderWay.State.OVER;
                first = underWay.peek()) {
            underWay.poll();
            underWayNow--;
            upTo = first.next;
        }
        if (upTo != null) {
            journal.arrived(upTo);
        }
        return upTo != null;
    }

    private void sendAgain() {
        for (UnderWay one : underWay) {
            if (one.state.compareAndSet(UnderWay.State.FAILED, UnderWay.State.SENT)) {
                byte[] record = journal.read(one.place);
                if (record == null) {
                    over(one); // forgotten meanwhile
                    continue;
                }
                send(one, Logged.of(record));
                if (failed) {
                    return; // each further one would wait for Kafka again
                }
            }
        }
    }

    private void send(UnderWay one, Logged logged) {
        String id = logged.decisionId();
        publisher.publish(Topic.DECISIONS, logged.envelope(), logged.json(), failure -> {
            if (failure == null || isRefused(id, failure)) {
                over(one);
            } else {
                failed(one, id, failure);
            }
        });
    }

    private void over(UnderWay one) {
        if (one.end()) {
            unpublished.decrementAndGet();
        }
    }

    private boolean isRefused(String decisionId, Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RecordTooLargeException || cause instanceof SerializationException) {
                dropped.increment();
                log.error("decision {} cannot be published", decisionId, cause);
                return true;
            }
        }
        return false;
    }

    private void failed(UnderWay one, String decisionId, Exception failure) {
        failures.increment();
        log.debug("decision {} is published later: {}", decisionId, failure.toString());
        // Unless it was forgotten meanwhile.
        one.state.compareAndSet(UnderWay.State.SENT, UnderWay.State.FAILED);
        failed = true;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("decision-log").daemon(true).start(this::run);
    }

    /** Waits a little for Kafka; what is left stays in the journal. */
    @Override
    public void stop() {
        running = false;
        Thread publishing = thread;
        if (publishing != null) {
            LockSupport.unpark(publishing);
            try {
                if (!publishing.join(PATIENCE_AT_STOP)) {
                    publishing.interrupt();
                    publishing.join(PATIENCE_AT_STOP);
                    log.warn("{} decisions stay in the journal until the next start", unpublished.get());
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stops after the web server and the listeners, before the producer. */
    @Override
    public int getPhase() {
        return 0;
    }
}
