package winback.profile.subscribers;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.stereotype.Component;
import winback.contracts.ActivityReceived;
import winback.contracts.Event;

/**
 * History gives way to what happens now. The two have consumers of their own, but the processors are shared: so whoever
 * reads or applies an import waits a while before each step, as long as live activity has to wait.
 */
@Component
public class LiveFirst {

    /** Live activity that waits longer than this for its turn goes before history; it is to be applied within 500 ms. */
    private static final long TOLERATED_MILLIS = 150;
    /** An import goes on even where live activity never gets through. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** What was seen of live activity says nothing after this. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Clock clock;
    private volatile long waitedMillis;
    private volatile long seenNanos = System.nanoTime() - FRESH_NANOS;

    LiveFirst(Clock clock) {
        this.clock = clock;
    }

    /** Live records whose turn has come. */
    void live(List<ConsumerRecord<String, Event>> records) {
        long now = clock.millis();
        long oldest = now;
        for (ConsumerRecord<String, Event> record : records) {
            if (record.value() instanceof ActivityReceived activity) {
                oldest = Math.min(oldest, activity.receivedAt().toEpochMilli());
            }
        }
        waitedMillis = now - oldest;
        seenNanos = System.nanoTime();
    }

    /** Returns when history may go on. */
    public void giveWay() {
        long asked = System.nanoTime();
        while (isWaiting() && System.nanoTime() - asked < PATIENCE_NANOS) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private boolean isWaiting() {
        return waitedMillis > TOLERATED_MILLIS && System.nanoTime() - seenNanos < FRESH_NANOS;
    }
}
