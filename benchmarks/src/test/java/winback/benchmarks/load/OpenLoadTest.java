package winback.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class OpenLoadTest {

    @Test
    void aServerThatStopsMakesAllThatArriveMeanwhileLate() throws Exception {
        CountDownLatch pause = new CountDownLatch(1);
        Set<Long> answered = ConcurrentHashMap.newKeySet();
        ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
            try {
                pause.await(600, TimeUnit.MILLISECONDS); // for the first 600 ms nobody is answered
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        long began = System.nanoTime();
        Thread.ofVirtual().start(() -> {
            while (System.nanoTime() - began < 600_000_000) {
                Thread.onSpinWait();
            }
            pause.countDown();
        });
        try {
            int port = server.getAddress().getPort();
            HttpLoad.Result result = new OpenLoad(
                            "127.0.0.1",
                            port,
                            4,
                            index -> HttpLoad.request("POST", "/", "127.0.0.1:" + port, "key", "n" + index),
                            (index, nanos, body) -> answered.add(index))
                    .run(200, Duration.ofSeconds(2));
            // Arrivals keep their rate over the pause: 2 s of them, not 1.4 s.
            assertThat(result.errors()).isZero();
            assertThat(result.requests()).isBetween(380L, 410L).isEqualTo(answered.size());
            assertThat(bodies).hasSize((int) result.requests()).contains("n0", "n1", "n200");
            // 120 of 400 were due during the pause, and waited 300 ms on average, though only 4 were under way.
            assertThat(result.millis(85)).isGreaterThan(200);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whereNobodyListensArrivalsFailAtTheirRateUntilSomebodyDoes() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        CompletableFuture<HttpServer> server = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            LockSupport.parkNanos(500_000_000);
            try {
                HttpServer started =
                        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
                started.createContext("/", exchange -> {
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
                started.start();
                server.complete(started);
            } catch (IOException e) {
                server.completeExceptionally(e);
            }
        });
        byte[] ask = HttpLoad.request("GET", "/", "127.0.0.1:" + port, "key", "");
        HttpLoad.Result result = new OpenLoad("127.0.0.1", port, 2, index -> ask, (index, nanos, body) -> {})
                .run(200, Duration.ofSeconds(2));
        server.join().stop(0);
        assertThat(result.requests() + result.errors()).isBetween(380L, 410L);
        assertThat(result.errors()).isBetween(80L, 250L);
        assertThat(result.requests()).isGreaterThan(150);
    }

    @Test
    void allThatWereDueAreSentHoweverLate() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            LockSupport.parkNanos(20_000_000);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            int port = server.getAddress().getPort();
            byte[] ask = HttpLoad.request("GET", "/", "127.0.0.1:" + port, "key", "");
            HttpLoad.Result result = new OpenLoad("127.0.0.1", port, 1, index -> ask, (index, nanos, body) -> {})
                    .run(100, Duration.ofMillis(595));
            // The last is due after 590 ms, when 30 of 60 have been answered at best.
            assertThat(result.requests()).isEqualTo(60);
            assertThat(result.errors()).isZero();
            assertThat(result.millis(100)).isGreaterThan(500);
            assertThat(result.seconds()).isGreaterThan(1.1);
        } finally {
            server.stop(0);
        }
    }
}
