package winback.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HttpLoadTest {

    @Test
    void countsAnswersAndErrorsApart() throws Exception {
        AtomicInteger served = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            boolean good = served.incrementAndGet() % 10 != 0;
            byte[] body = "{\"success\":true}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(good ? 200 : 503, good ? 0 : body.length); // 0: chunked
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            int port = server.getAddress().getPort();
            byte[] ask = HttpLoad.request("POST", "/x", "127.0.0.1:" + port, "key", "{}");
            HttpLoad.Result result = new HttpLoad("127.0.0.1", port, random -> ask).run(2, Duration.ofMillis(500), 1);
            assertThat(result.requests() + result.errors()).isEqualTo(served.get());
            assertThat(result.errors()).isEqualTo(served.get() / 10);
            assertThat(result.firstError()).isEqualTo("HTTP/1.1 503 Service Unavailable");
            assertThat(result.latencies().getTotalCount()).isEqualTo(result.requests());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void readsAnAnswerToItsEnd() throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "5\r\nhello\r\n0\r\n\r\n" + "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabcX")
                .getBytes(StandardCharsets.US_ASCII));
        assertThat(HttpConnection.answer(in, null)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(HttpConnection.answer(in, null)).isEqualTo("HTTP/1.1 404 Not Found");
        assertThat(in.read()).isEqualTo('X');
    }

    @Test
    void findsWhatIsAskedForInABodyOfAnySizeInAnyPieces() throws IOException {
        String id = "0192f1c0-0000-7000-8000-000000000001";
        String content = "x".repeat(50_000);
        ByteArrayInputStream in = new ByteArrayInputStream(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "c358\r\n{\"c\":\"" + content + "\",\r\n"
                        + "19\r\n\"d\":\"\\\"id\\\":\",\"id\":\"0192f\r\n"
                        + "21\r\n1c0-0000-7000-8000-000000000001\"}\r\n0\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                .getBytes(StandardCharsets.US_ASCII));
        HttpConnection.Body body = new HttpConnection.Body();
        assertThat(HttpConnection.answer(in, body)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(body.text("id")).isEqualTo(id);
        assertThat(body.text("none")).isEmpty();
        assertThat(HttpConnection.answer(in, body)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(body.length()).isEqualTo(2);
        assertThat(body.text("id")).isEmpty();
    }
}
