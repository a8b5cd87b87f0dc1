package winback.profile;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** Stands between a client and the service, and fails as networks do: each fault once, in the order given. */
final class FaultyProxy implements AutoCloseable {

    enum Fault {
        /** The service has answered, and the connection ends before the client hears of it. */
        ANSWER_LOST,
        /** 429 with {@code Retry-After: 1}, as gateways say it; the service hears nothing. */
        TOO_MANY_REQUESTS
    }

    /** A request as the client sent it. */
    record Seen(String path, String userAgent, String retryCount) {}

    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    final List<Seen> seen = new CopyOnWriteArrayList<>();
    /** What the service answered, whether or not the client heard it. */
    final List<Integer> answers = new CopyOnWriteArrayList<>();

    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpServer server;
    private final int servicePort;

    FaultyProxy(int servicePort, Fault... faults) throws IOException {
        this.servicePort = servicePort;
        this.faults.addAll(List.of(faults));
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            seen.add(new Seen(
                    exchange.getRequestURI().getPath(),
                    String.valueOf(exchange.getRequestHeaders().getFirst("User-Agent")),
                    String.valueOf(exchange.getRequestHeaders().getFirst("X-Retry-Count"))));
            Fault fault = faults.poll();
            if (fault == Fault.TOO_MANY_REQUESTS) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                exchange.sendResponseHeaders(429, -1);
                return;
            }
            HttpResponse<byte[]> answer = forward(exchange, body);
            answers.add(answer.statusCode());
            if (fault == Fault.ANSWER_LOST) {
                return; // closing without an answer ends the connection
            }
            for (String header : List.of("Content-Type", "Retry-After")) {
                answer.headers()
                        .firstValue(header)
                        .ifPresent(value -> exchange.getResponseHeaders().set(header, value));
            }
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + servicePort + exchange.getRequestURI()))
                        .header("Authorization", exchange.getRequestHeaders().getFirst("Authorization"))
                        .header("Content-Type", exchange.getRequestHeaders().getFirst("Content-Type"))
                        .POST(BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    @Override
    public void close() {
        server.stop(0);
        client.close();
    }
}
