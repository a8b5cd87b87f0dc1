package winback.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Arrivals at a constant rate: request i is due i/rate after the start, whether or not earlier ones have been answered, and
 * its latency counts from when it was due. So a server that stops for a second has a second's worth of late answers, where a
 * closed loop would show one. Where nobody listens, each arrival is an error, and the next one tries again.
 */
public final class OpenLoad {

    /**
     * Is told of each request that was answered with 2xx, by the thread that read the answer; the body is of use until it
     * returns.
     */
    @FunctionalInterface
    public interface Answered {
        void at(long index, long nanoTime, HttpConnection.Body body);
    }

    private static final String NOT_SENT = "was due and not sent";

    /** No end is known yet; half of the largest, so that it can be calculated with. */
    private static final long NEVER = Long.MAX_VALUE / 2;

    /** For how long after the end those that were due are still sent. */
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final InetSocketAddress address;
    private final int connections;
    private final LongFunction<byte[]> requests;
    private final Answered answered;

    /**
     * @param connections as many as may be waiting for an answer at once; all busy, arrivals queue and grow late
     * @param requests makes request number i, head and body; called when it is due
     */
    public OpenLoad(String host, int port, int connections, LongFunction<byte[]> requests, Answered answered) {
        this.address = new InetSocketAddress(host, port);
        this.connections = connections;
        this.requests = requests;
        this.answered = answered;
    }

    /** All that arrive within that time are sent, however late. */
    public HttpLoad.Result run(double perSecond, Duration duration) throws InterruptedException {
        return run(new Arrivals(perSecond, duration.toNanos(), () -> false));
    }

    /** As {@link #run(double, Duration)}, until {@code over} says so. */
    public HttpLoad.Result run(double perSecond, BooleanSupplier over) throws InterruptedException {
        return run(new Arrivals(perSecond, NEVER, over));
    }

    private HttpLoad.Result run(Arrivals arrivals) throws InterruptedException {
        List<Sender> senders = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Sender sender = new Sender(arrivals);
            senders.add(sender);
            sender.start();
        }
        Histogram latencies = new Histogram(3);
        long answers = 0;
        long errors = 0;
        String firstError = "";
        for (Sender sender : senders) {
            sender.join();
            latencies.add(sender.latencies);
            answers += sender.answers;
            errors += sender.errors;
            firstError = firstError.isEmpty() ? sender.firstError : firstError;
        }
        long unsent = arrivals.unsent();
        if (unsent > 0 && firstError.isEmpty()) {
            firstError = NOT_SENT;
        }
        return new HttpLoad.Result(
                answers, errors + unsent, (System.nanoTime() - arrivals.start) / 1e9, latencies, firstError);
    }

    /** When each request of a run is due, in nanoseconds from its start. */
    private static final class Arrivals {
        private final long start = System.nanoTime();
        private final double gapNanos;
        private final BooleanSupplier over;
        private final AtomicLong next = new AtomicLong();
        private final AtomicLong last;

        Arrivals(double perSecond, long lastNanos, BooleanSupplier over) {
            this.gapNanos = 1e9 / perSecond;
            this.last = new AtomicLong(lastNanos);
            this.over = over;
        }

        long take() {
            return next.getAndIncrement();
        }

        long due(long index) {
            return (long) (index * gapNanos);
        }

        long now() {
            return System.nanoTime() - start;
        }

        /** Whether none is to be expected at that time any more. */
        boolean isOver(long due) {
            if (last.get() == NEVER && over.getAsBoolean()) {
                last.compareAndSet(NEVER, now());
            }
            return due > last.get();
        }

        /** Whether even those that were due are not sent any more. */
        boolean isGivenUp() {
            return now() - last.get() > PATIENCE_NANOS;
        }

        /** How many were due and are nobody's. */
        long unsent() {
            long unsent = 0;
            // Without an end there is only what was taken.
            for (long index = next.get(); last.get() < NEVER && due(index) <= last.get(); index++) {
                unsent++;
            }
            return unsent;
        }
    }

    private final class Sender extends Thread {
        private final Arrivals arrivals;
        private final Histogram latencies = new Histogram(3);
        private final HttpConnection.Body body = new HttpConnection.Body();
        private @Nullable HttpConnection connection;
        private long answers;
        private long errors;
        private String firstError = "";

        Sender(Arrivals arrivals) {
            this.arrivals = arrivals;
        }

        @Override
        public void run() {
            long index = arrivals.take();
            for (long due = arrivals.due(index); isDue(due); due = arrivals.due(index)) {
                try {
                    if (arrivals.isGivenUp()) {
                        error(NOT_SENT);
                    } else {
                        send(index, due);
                    }
                } catch (IOException failure) {
                    error(failure.toString());
                    disconnect();
                }
                index = arrivals.take();
            }
            disconnect();
        }

        /** Returns when that time has come, or false when nothing is due then. */
        private boolean isDue(long due) {
            for (long wait = due - arrivals.now(); wait > 0; wait = due - arrivals.now()) {
                if (arrivals.isOver(due)) {
                    return false;
                }
                LockSupport.parkNanos(wait);
            }
            return !arrivals.isOver(due);
        }

        private void send(long index, long due) throws IOException {
            HttpConnection open = connection;
            if (open == null) {
                open = new HttpConnection(address);
                connection = open;
            }
            String status = open.exchange(requests.apply(index), body);
            long now = arrivals.now();
            if (HttpConnection.isSuccess(status)) {
                answers++;
                latencies.recordValue(now - due);
                answered.at(index, arrivals.start + now, body);
            } else {
                error(status);
            }
        }

        private void disconnect() {
            HttpConnection open = connection;
            connection = null;
            if (open != null) {
                try {
                    open.close();
                } catch (IOException alreadyGone) {
                    // nothing is expected of it any more
                }
            }
        }

        private void error(String what) {
            errors++;
            if (firstError.isEmpty()) {
                firstError = what;
            }
        }
    }
}
