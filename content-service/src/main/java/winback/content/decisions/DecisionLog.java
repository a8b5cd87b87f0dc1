package winback.content.decisions;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import winback.chassis.events.EventPublisher;
import winback.contracts.ContentDecided;
import winback.contracts.Topic;

/**
 * Publishes decisions from memory, so that the path does not wait for Kafka. A decision leaves the buffer when Kafka has
 * acknowledged it; until then it is tried again, however long Kafka is away, always with the same {@code ce_id}. When the
 * buffer is full there are no more decisions. What is in it is lost when the process dies; an orderly stop waits for it.
 */
@Component
class DecisionLog implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(DecisionLog.class);
    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 200;

    private final EventPublisher publisher;
    private final int capacity;
    private final Semaphore free;
    private final BlockingQueue<ContentDecided> waiting = new LinkedBlockingQueue<>();
    private final Counter failures;
    private final Counter dropped;
    private volatile boolean running;
    private volatile boolean pause;
    private @Nullable Thread thread;

    DecisionLog(EventPublisher publisher, DecisionSettings settings, MeterRegistry meters) {
        this.publisher = publisher;
        this.capacity = settings.buffer();
        this.free = new Semaphore(capacity);
        this.failures = Counter.builder("winback.decisions.publish.failures")
                .description("Attempts that Kafka did not acknowledge; each is repeated")
                .register(meters);
        this.dropped = Counter.builder("winback.decisions.dropped")
                .description("Decisions that Kafka will never take, such as too large ones")
                .register(meters);
        Gauge.builder("winback.decisions.unpublished", this, DecisionLog::unpublished)
                .description("Decisions that Kafka has not acknowledged yet")
                .register(meters);
    }

    /** Takes a place for one decision; false when the buffer is full. */
    boolean reserve() {
        return free.tryAcquire();
    }

    /** Gives back a place that was not used. */
    void release() {
        free.release();
    }

    /** Hands over a decision for which a place was reserved. Does not block. */
    void append(ContentDecided decision) {
        waiting.add(decision);
    }

    /** Drops those that have not been handed to Kafka. */
    void forget(Predicate<ContentDecided> which) {
        for (ContentDecided decision : waiting.stream().filter(which).toList()) {
            if (waiting.remove(decision)) {
                free.release();
            }
        }
    }

    int unpublished() {
        return capacity - free.availablePermits();
    }

    private void run() {
        while (running || unpublished() > 0) {
            try {
                if (pause) {
                    pause = false;
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                }
                ContentDecided decision = waiting.poll(50, TimeUnit.MILLISECONDS);
                if (decision != null) {
                    publish(decision);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void publish(ContentDecided decision) {
        try {
            publisher.publish(Topic.DECISIONS, decision).whenComplete((done, failure) -> {
                if (failure == null) {
                    free.release();
                } else {
                    failed(decision, failure);
                }
            });
        } catch (RuntimeException failure) {
            failed(decision, failure);
        }
    }

    private void failed(ContentDecided decision, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RecordTooLargeException
                    || cause instanceof SerializationException
                    || cause instanceof tools.jackson.core.JacksonException) {
                dropped.increment();
                free.release();
                log.error("decision {} cannot be published", decision.decisionId(), cause);
                return;
            }
        }
        failures.increment();
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        log.debug("decision {} is published later: {}", decision.decisionId(), cause.toString());
        waiting.add(decision);
        pause = true;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("decision-log").daemon(true).start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        Thread publishing = thread;
        if (publishing != null) {
            try {
                if (!publishing.join(PATIENCE_AT_STOP)) {
                    publishing.interrupt();
                    log.error("{} decisions were not published before the stop", unpublished());
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
