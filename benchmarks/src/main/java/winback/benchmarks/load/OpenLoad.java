package winback.benchmarks.load;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.HdrHistogram.Histogram;

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

    private static final String NOT_SENT = "was due and not answered";

    /** No end is known yet; half of the largest, so that it can be calculated with. */
    private static final long NEVER = Long.MAX_VALUE / 2;

    /** For how long after the end those that were due are still sent. */
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private static final long SILENCE_NANOS = 10_000_000_000L;

    /** After so long it looks again what has come; what the kernel adds to it is late in every latency. */
    private static final long MOST_WAIT_NANOS = 50_000;

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
        try (Loop loop = new Loop(arrivals)) {
            return loop.run();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** When each request of a run is due, in nanoseconds from its start. */
    private static final class Arrivals {
        private final long start = System.nanoTime();
        private final double gapNanos;
        private final BooleanSupplier over;
        private long last;

        Arrivals(double perSecond, long lastNanos, BooleanSupplier over) {
            this.gapNanos = 1e9 / perSecond;
            this.last = lastNanos;
            this.over = over;
        }

        long due(long index) {
            return (long) (index * gapNanos);
        }

        long now() {
            return System.nanoTime() - start;
        }

        /** Whether none is to be expected at that time any more. */
        boolean isOver(long due) {
            if (last == NEVER && over.getAsBoolean()) {
                last = now();
            }
            return due > last;
        }

        /** Whether even those that were due are not sent any more. */
        boolean isGivenUp() {
            return now() - last > PATIENCE_NANOS;
        }

        /** How many were due from this one on. */
        long from(long first) {
            long index = first;
            while (last < NEVER && due(index) <= last) {
                index++;
            }
            return index - first;
        }
    }

    /** All connections of a run, on the caller's thread: a thread for each would wake as often as the server does. */
    private final class Loop implements AutoCloseable {
        private final Arrivals arrivals;
        private final Selector selector = Selector.open();
        private final Deque<Connection> idle = new ArrayDeque<>();
        private final Set<Connection> waiting = new LinkedHashSet<>(); // the longest first
        private final Histogram latencies = new Histogram(3);
        private final HttpConnection.Body body = new HttpConnection.Body();
        private long answers;
        private long errors;
        private String firstError = "";

        Loop(Arrivals arrivals) throws IOException {
            this.arrivals = arrivals;
        }

        HttpLoad.Result run() throws IOException, InterruptedException {
            long index = 0;
            while (true) {
                while (arrivals.due(index) <= arrivals.now()
                        && !arrivals.isOver(arrivals.due(index))
                        && waiting.size() < connections) {
                    send(index);
                    index++;
                }
                boolean over = arrivals.isOver(arrivals.due(index));
                if (over && waiting.isEmpty() || arrivals.isGivenUp()) {
                    break;
                }
                if (selector.selectNow(key -> read((Connection) key.attachment())) == 0) {
                    dropSilent();
                    long wait = over || waiting.size() == connections
                            ? MOST_WAIT_NANOS
                            : Math.min(MOST_WAIT_NANOS, arrivals.due(index) - arrivals.now());
                    if (wait > 0) {
                        LockSupport.parkNanos(wait);
                    }
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            long unsent = arrivals.from(index) + waiting.size();
            if (unsent > 0 && firstError.isEmpty()) {
                firstError = NOT_SENT;
            }
            return new HttpLoad.Result(
                    answers, errors + unsent, (System.nanoTime() - arrivals.start) / 1e9, latencies, firstError);
        }

        private void send(long index) {
            Connection connection = idle.poll();
            try {
                if (connection == null) {
                    connection = new Connection(selector, address);
                }
                connection.send(index, arrivals.now(), requests.apply(index));
                waiting.add(connection);
            } catch (IOException failure) {
                error(failure.toString());
                if (connection != null) {
                    connection.close();
                }
            }
        }

        private void read(Connection connection) {
            try {
                if (!connection.read()) {
                    return;
                }
                waiting.remove(connection);
                String status = connection.answer(body);
                long now = arrivals.now();
                if (HttpConnection.isSuccess(status)) {
                    answers++;
                    latencies.recordValue(now - arrivals.due(connection.index));
                    answered.at(connection.index, arrivals.start + now, body);
                } else {
                    error(status);
                }
                idle.add(connection);
            } catch (IOException failure) {
                // One that waits for nothing has just been closed by the server.
                if (waiting.remove(connection)) {
                    error(failure.toString());
                }
                idle.remove(connection);
                connection.close();
            }
        }

        private void dropSilent() {
            while (!waiting.isEmpty()) {
                Connection longest = waiting.iterator().next();
                if (arrivals.now() - longest.sentAt < SILENCE_NANOS) {
                    return;
                }
                waiting.remove(longest);
                error("no answer within " + SILENCE_NANOS / 1_000_000_000 + " s");
                longest.close();
            }
        }

        private void error(String what) {
            errors++;
            if (firstError.isEmpty()) {
                firstError = what;
            }
        }

        @Override
        public void close() throws IOException {
            idle.forEach(Connection::close);
            waiting.forEach(Connection::close);
            selector.close();
        }
    }

    /** One request at a time, without blocking. */
    private static final class Connection {
        private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] END_OF_CHUNKS = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        private static final int CONNECT_MILLIS = 2_000;

        private final SocketChannel channel = SocketChannel.open();
        private ByteBuffer answer = ByteBuffer.allocate(65_536);
        private int headBytes;
        private long index;
        private long sentAt;

        Connection(Selector selector, InetSocketAddress address) throws IOException {
            try {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.socket().connect(address, CONNECT_MILLIS);
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, this);
            } catch (IOException failure) {
                channel.close();
                throw failure;
            }
        }

        void send(long index, long now, byte[] request) throws IOException {
            this.index = index;
            sentAt = now;
            answer.clear();
            headBytes = 0;
            ByteBuffer rest = ByteBuffer.wrap(request);
            // A request is far smaller than what the kernel takes at once.
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        }

        /** Whether the answer is here to its end. */
        boolean read() throws IOException {
            if (!answer.hasRemaining()) {
                answer = ByteBuffer.allocate(2 * answer.capacity()).put(answer.flip());
            }
            if (channel.read(answer) < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (headBytes == 0) {
                int end = indexOf(END_OF_HEAD, 0);
                if (end < 0) {
                    return false;
                }
                headBytes = end + END_OF_HEAD.length;
            }
            String head =
                    new String(answer.array(), 0, headBytes, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
            if (head.contains("\r\ntransfer-encoding: chunked")) {
                return endsWithChunks();
            }
            int length = head.indexOf("\r\ncontent-length:");
            return length < 0
                    || answer.position() - headBytes
                            >= Integer.parseInt(head.substring(length + 17, head.indexOf('\r', length + 2))
                                    .strip());
        }

        private boolean endsWithChunks() {
            int from = answer.position() - END_OF_CHUNKS.length;
            // An empty one has nothing but the end of its head before the last chunk.
            return from >= headBytes - 2 && indexOf(END_OF_CHUNKS, from) == from;
        }

        private int indexOf(byte[] what, int from) {
            byte[] in = answer.array();
            for (int at = from; at + what.length <= answer.position(); at++) {
                if (Arrays.equals(in, at, at + what.length, what, 0, what.length)) {
                    return at;
                }
            }
            return -1;
        }

        /** Its status line; the rest is in {@code body}. */
        String answer(HttpConnection.Body body) throws IOException {
            return HttpConnection.answer(new ByteArrayInputStream(answer.array(), 0, answer.position()), body);
        }

        void close() {
            try {
                channel.close();
            } catch (IOException alreadyGone) {
                // nothing is expected of it any more
            }
        }
    }
}
