package winback.content.learning;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * How fast something may go that can wait: fast while the machine has processors to spare, slowly from one look to the next
 * when it is busy with what somebody waits for, and only by and by fast again.
 */
final class SpareTime {

    /** Share of the processors in use from which on little is left for what can wait. */
    private static final double BUSY = .8;

    /** Often, so that who begins to ask does not wait behind what can. */
    private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();

    /** At a look, so that it does not swing between all and nothing: twice as fast after .4 s. */
    private static final double FASTER = 1.2;

    private final int most;
    private final int least;
    private final DoubleSupplier load;
    private final LongSupplier nanoTime;
    private long lookedAt;
    private int perSecond;

    /**
     * @param most a second, at least 1
     * @param least a second, however busy the machine is
     */
    SpareTime(int most, int least) {
        this(
                most,
                least,
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)::getCpuLoad,
                System::nanoTime);
    }

    /** @param load of all processors since it was asked last, in [0, 1], negative when it is not known */
    SpareTime(int most, int least, DoubleSupplier load, LongSupplier nanoTime) {
        this.most = most;
        this.least = Math.min(least, most);
        this.load = load;
        this.nanoTime = nanoTime;
        this.lookedAt = nanoTime.getAsLong();
        this.perSecond = most;
    }

    synchronized int perSecond() {
        long now = nanoTime.getAsLong();
        if (now - lookedAt > LOOK_NANOS) {
            lookedAt = now;
            perSecond = load.getAsDouble() > BUSY ? least : (int) Math.min(most, Math.ceil(perSecond * FASTER));
        }
        return perSecond;
    }
}
