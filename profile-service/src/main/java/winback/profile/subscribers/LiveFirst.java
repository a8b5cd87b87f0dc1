package winback.profile.subscribers;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.stereotype.Component;
import winback.contracts.ActivityReceived;
import winback.contracts.Event;

/**
 * History gives way to what happens now. The two have consumers of their own, but the processors are shared: so whoever
 * reads or applies an import takes small steps while there is live activity, and waits a while before each as long as that
 * is late.
 */
@Component
public class LiveFirst {

    /** Live activity that was received longer ago and is not applied is late; it is to be applied within 500 ms. */
    private static final long TOLERATED_MILLIS = 200;
    /** An import goes on even where live activity never gets through. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** What was seen of live activity says nothing after this. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** A fiftieth of a second at 5,000 rows a second; a transaction of fewer rows would not pay. */
    private static final int SMALL_STEP = 100;

    private final Clock clock;
    /** When the oldest activity was received of what each thread applies now, by the thread's id. */
    private final Map<Long, Long> underWay = new ConcurrentHashMap<>();

    private volatile long waitedMillis;
    private volatile long seenNanos = System.nanoTime() - FRESH_NANOS;

    LiveFirst(Clock clock) {
        this.clock = clock;
    }

    /** Applies live records whose turn has come. */
    void live(List<ConsumerRecord<String, Event>> records, Runnable apply) {
        long oldest = clock.millis();
        for (ConsumerRecord<String, Event> record : records) {
            if (record.value() instanceof ActivityReceived activity) {
                oldest = Math.min(oldest, activity.receivedAt().toEpochMilli());
            }
        }
        long thread = Thread.currentThread().threadId();
        underWay.put(thread, oldest);
        try {
            apply.run();
        } finally {
            underWay.remove(thread);
            waitedMillis = clock.millis() - oldest;
            seenNanos = System.nanoTime();
        }
    }

    /** How many rows of history to apply at once: few while something happens. */
    int step(int rows) {
        return isAnything() ? Math.min(SMALL_STEP, rows) : rows;
    }

    /** Returns when history may go on. */
    public void giveWay() {
        long asked = System.nanoTime();
        while (isLate() && System.nanoTime() - asked < PATIENCE_NANOS) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private boolean isAnything() {
        return !underWay.isEmpty() || isFresh();
    }

    private boolean isLate() {
        long received = clock.millis() - TOLERATED_MILLIS;
        return underWay.values().stream().anyMatch(oldest -> oldest < received)
                || isFresh() && waitedMillis > TOLERATED_MILLIS;
    }

    private boolean isFresh() {
        return System.nanoTime() - seenNanos < FRESH_NANOS;
    }
}
