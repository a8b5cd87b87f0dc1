package winback.delivery.polling;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import winback.chassis.events.Outage;

/**
 * Runs rounds of work one after the other, from the context's start until just before its end. A round that fails is
 * tried again: the tables hold what is left to do.
 */
public final class Poller implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Poller.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final String name;
    private final Supplier<Duration> round;
    private final Semaphore wake = new Semaphore(0);
    private volatile @Nullable Thread thread;
    private volatile boolean running;

    /**
     * @param name of its thread
     * @param round answers how long to wait before the next, zero when more is waiting
     */
    public Poller(String name, Supplier<Duration> round) {
        this.name = name;
        this.round = round;
    }

    /** The next round begins now rather than after its wait. */
    public void wake() {
        wake.release();
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofVirtual().name(name).start(this::run);
    }

    /** Returns when the round that is under way has ended. */
    @Override
    public void stop() {
        running = false;
        wake();
        Thread current = thread;
        if (current != null) {
            try {
                current.join(Duration.ofSeconds(20));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        boolean failing = false;
        while (running) {
            Duration wait;
            try {
                wait = round.get();
                if (failing) {
                    log.info("{} goes on", name);
                    failing = false;
                }
            } catch (RuntimeException failure) {
                if (!failing && running) {
                    if (Outage.isOutage(failure)) {
                        log.warn("{} waits for what it depends on: {}", name, failure.toString());
                    } else {
                        log.error("{} failed and tries again", name, failure);
                    }
                }
                failing = true;
                wait = AFTER_FAILURE;
            }
            try {
                if (wake.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
