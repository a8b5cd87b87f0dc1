package winback.chassis.http;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A virtual thread for each request, as many at once as come. Each starts the next before its own work, so that never more
 * than one waits for its first turn.
 *
 * <p>Were all started as they come, those of a burst would wait in one of the scheduler's queues, and its carriers of JDK 25
 * stay with a queue until it is empty: a request that had met a monitor somebody held is put into another one, and did not
 * run again for as long as the burst went on, 10 seconds and more (JDK-8373118).
 */
final class RequestThreads implements Executor {

    private final ThreadFactory threads =
            Thread.ofVirtual().name("tomcat-handler-", 0).factory();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Whether a thread is on its way that has not taken its request yet. */
    private final AtomicBoolean starting = new AtomicBoolean();

    @Override
    public void execute(Runnable request) {
        waiting.add(request);
        startNext();
    }

    private void startNext() {
        if (waiting.isEmpty() || !starting.compareAndSet(false, true)) {
            return;
        }
        boolean started = false;
        try {
            threads.newThread(this::run).start();
            started = true;
        } finally {
            if (!started) {
                starting.set(false); // there was no memory for it: the next request tries again
            }
        }
    }

    private void run() {
        Runnable request = waiting.poll();
        starting.set(false);
        try {
            startNext();
        } finally {
            // Whether or not there was room for one more.
            if (request != null) {
                request.run();
            }
        }
    }
}
