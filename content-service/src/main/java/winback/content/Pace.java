package winback.content;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/** Bounds how much is done a second, over all threads; what was not used for a second may be caught up. */
public final class Pace {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final IntSupplier perSecond;
    private final AtomicLong due = new AtomicLong(System.nanoTime());

    /** @param perSecond at least 1; may change at any time */
    public Pace(IntSupplier perSecond) {
        this.perSecond = perSecond;
    }

    /** Returns when so many more may have been done. */
    public void done(int count) {
        long now = System.nanoTime();
        long each = SECOND / perSecond.getAsInt();
        long until = due.updateAndGet(before -> Math.max(before, now - SECOND) + count * each);
        for (long left = until - now;
                left > 0 && !Thread.currentThread().isInterrupted();
                left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
