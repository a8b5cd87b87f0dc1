package winback.content.learning;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Bounds how much is done a second, over all threads; what was not used for a second may be caught up. */
final class Pace {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long nanosEach;
    private final AtomicLong due = new AtomicLong(System.nanoTime());

    /** @param perSecond at least 1 */
    Pace(int perSecond) {
        this.nanosEach = SECOND / perSecond;
    }

    /** Returns when so many more may have been done. */
    void done(int count) {
        long now = System.nanoTime();
        long until = due.updateAndGet(before -> Math.max(before, now - SECOND) + count * nanosEach);
        for (long left = until - now;
                left > 0 && !Thread.currentThread().isInterrupted();
                left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
