package winback.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/**
 * A closed-loop HTTP/1.1 client: each connection is a keep-alive socket with a thread of its own that sends the next
 * request when the last answer has been read to its end. Costs a few microseconds a request, so that on one machine most
 * of the processor stays with the server.
 */
public final class HttpLoad {

    /**
     * What a run showed.
     *
     * @param requests answered with 2xx
     * @param errors answered otherwise, or not at all
     * @param seconds from the first request to the last answer
     * @param latencies in nanoseconds, of the requests answered with 2xx
     * @param firstError status line or exception of the first error, empty when there was none
     */
    public record Result(long requests, long errors, double seconds, Histogram latencies, String firstError) {
        public double perSecond() {
            return requests / seconds;
        }

        public double millis(double percentile) {
            return latencies.getValueAtPercentile(percentile) / 1e6;
        }
    }

    private final InetSocketAddress address;
    private final Function<SplittableRandom, byte[]> requests;

    /** @param requests makes the next request, head and body, from a connection's own source of randomness */
    public HttpLoad(String host, int port, Function<SplittableRandom, byte[]> requests) {
        this.address = new InetSocketAddress(host, port);
        this.requests = requests;
    }

    public static byte[] request(String method, String path, String host, String key, String body) {
        byte[] payload = body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: Bearer " + key + "\r\n"
                + (payload.length == 0
                        ? ""
                        : "Content-Type: application/json\r\nContent-Length: " + payload.length + "\r\n")
                + "\r\n";
        byte[] start = head.getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[start.length + payload.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(payload, 0, all, start.length, payload.length);
        return all;
    }

    public Result run(int connections, Duration duration, long seed) throws InterruptedException {
        List<Connection> running = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < connections; i++) {
            Connection connection = new Connection(new SplittableRandom(seed + i), start + duration.toNanos());
            running.add(connection);
            connection.start();
        }
        Histogram latencies = new Histogram(3);
        long requestCount = 0;
        long errors = 0;
        String firstError = "";
        for (Connection connection : running) {
            connection.join();
            latencies.add(connection.latencies);
            requestCount += connection.requestCount;
            errors += connection.errors;
            firstError = firstError.isEmpty() ? connection.firstError : firstError;
        }
        return new Result(requestCount, errors, (System.nanoTime() - start) / 1e9, latencies, firstError);
    }

    private final class Connection extends Thread {
        private final SplittableRandom random;
        private final long deadline;
        private final Histogram latencies = new Histogram(3);
        private long requestCount;
        private long errors;
        private String firstError = "";

        Connection(SplittableRandom random, long deadline) {
            this.random = random;
            this.deadline = deadline;
        }

        @Override
        public void run() {
            while (System.nanoTime() < deadline) {
                try (HttpConnection connection = new HttpConnection(address)) {
                    exchange(connection);
                } catch (IOException failure) {
                    error(failure.toString());
                    if (errors > 1000) {
                        return; // nobody is there
                    }
                }
            }
        }

        private void exchange(HttpConnection connection) throws IOException {
            while (System.nanoTime() < deadline) {
                byte[] request = requests.apply(random);
                long start = System.nanoTime();
                String status = connection.exchange(request);
                long nanos = System.nanoTime() - start;
                if (HttpConnection.isSuccess(status)) {
                    requestCount++;
                    latencies.recordValue(nanos);
                } else {
                    error(status);
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
