package winback.prediction.progress;

import java.util.concurrent.CancellationException;

/**
 * What a computation says of itself while it lasts, to whoever started it on this thread. It goes by a scoped value and
 * not by parameters, so that a member of a model says it where it is known (a tree, a fold, a penalty) and what lies
 * between passes nothing on.
 *
 * <p>Each place where something may be said is also a place to stop: an interrupted thread leaves by a
 * {@link CancellationException} and stays interrupted. A computation that can last longer than a tenth of a second
 * comes by one of them at least so often.
 */
public final class Progress {

    private static final ScopedValue<Progress> CURRENT = ScopedValue.newInstance();

    /** Hears how far the work is. */
    public interface Listener {

        /**
         * @param share of the work, 0 to 1
         * @param detail what is being done, in a sentence
         */
        void at(double share, String detail);
    }

    /** What is computed, and may fail by {@code X}. */
    public interface Work<T, X extends Exception> {
        T call() throws X;
    }

    private final Listener listener;
    private final double from;
    private final double to;
    private final String path;

    private Progress(Listener listener, double from, double to, String path) {
        this.listener = listener;
        this.from = from;
        this.to = to;
        this.path = path;
    }

    /** Does the work with a listener to all that it says. */
    public static <T, X extends Exception> T heardBy(Listener listener, Work<T, X> work) throws X {
        return ScopedValue.where(CURRENT, new Progress(listener, 0, 1, "")).call(work::call);
    }

    /**
     * Does a part of the work: what it says of itself, 0 to 1, is from {@code from} to {@code to} of the whole.
     *
     * @param what the part is, such as {@code "fold 2 of 5"}: told at once, and before all that the part says
     */
    public static <T, X extends Exception> T within(double from, double to, String what, Work<T, X> work) throws X {
        at(from, what);
        if (!CURRENT.isBound()) {
            return work.call();
        }
        Progress whole = CURRENT.get();
        Progress part = new Progress(whole.listener, whole.of(from), whole.of(to), whole.sentence(what));
        return ScopedValue.where(CURRENT, part).call(work::call);
    }

    /**
     * Says how far it is, and stops here when the thread is interrupted.
     *
     * @param share of this part, 0 to 1
     * @param what is being done, such as {@code "120 of 320 trees"}
     */
    public static void at(double share, String what) {
        stopIfInterrupted();
        if (CURRENT.isBound()) {
            Progress part = CURRENT.get();
            part.listener.at(part.of(share), part.sentence(what) + ".");
        }
    }

    /** Stops here when the thread is interrupted; it stays so. */
    public static void stopIfInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted");
        }
    }

    private double of(double share) {
        return from + (to - from) * Math.clamp(share, 0, 1);
    }

    /** The parts that this is a part of, then this. */
    private String sentence(String what) {
        if (!path.isEmpty()) {
            return path + ", " + what;
        }
        return what.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + what.substring(1);
    }
}
