package winback.content.decisions;

import java.time.Duration;

/**
 * Until when an answer is wanted. A stage that has not begun by then is replaced by its {@link Fallback}; none is broken
 * off in its middle.
 */
record Deadline(long nanoTime) {

    /** So long from now. */
    static Deadline in(Duration budget) {
        return new Deadline(System.nanoTime() + budget.toNanos());
    }

    boolean isOver() {
        return System.nanoTime() - nanoTime >= 0;
    }

    /** Zero when it is over. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
    }
}
