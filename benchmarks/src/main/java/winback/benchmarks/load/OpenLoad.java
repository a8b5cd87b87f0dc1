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

    public HttpLoad.Result run(double perSecond, Duration duration) throws InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        return run(perSecond, () -> System.nanoTime() - end >= 0);
    }

    /** Until {@code over} says so. */
    public HttpLoad.Result run(double perSecond, BooleanSupplier over) throws InterruptedException {
        long start = System.nanoTime();
        AtomicLong next = new AtomicLong();
        List<Sender> senders = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Sender sender = new Sender(start, 1e9 / perSecond, next, over);
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
        return new HttpLoad.Result(answers, errors, (System.nanoTime() - start) / 1e9, latencies, firstError);
    }

    private final class Sender extends Thread {
        private final long start;
        private final double gapNanos;
        private final AtomicLong next;
        private final BooleanSupplier over;
        private final Histogram latencies = new Histogram(3);
        private final HttpConnection.Body body = new HttpConnection.Body();
        private @Nullable HttpConnection connection;
        private long answers;
        private long errors;
        private String firstError = "";

        Sender(long start, double gapNanos, AtomicLong next, BooleanSupplier over) {
            this.start = start;
            this.gapNanos = gapNanos;
            this.next = next;
            this.over = over;
        }

        @Override
        public void run() {
            while (!over.getAsBoolean()) {
                long index = next.getAndIncrement();
                long due = start + (long) (index * gapNanos);
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                try {
                    send(index, due);
                } catch (IOException failure) {
                    error(failure.toString());
                    disconnect();
                }
            }
            disconnect();
        }

        private void send(long index, long due) throws IOException {
            HttpConnection open = connection;
            if (open == null) {
                open = new HttpConnection(address);
                connection = open;
            }
            String status = open.exchange(requests.apply(index), body);
            long now = System.nanoTime();
            if (HttpConnection.isSuccess(status)) {
                answers++;
                latencies.recordValue(now - due);
                answered.at(index, now, body);
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
