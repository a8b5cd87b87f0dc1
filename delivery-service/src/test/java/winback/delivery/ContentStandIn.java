package winback.delivery;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/** Answers for the mails of decisions as content-service does; can go away and come back on its port. */
final class ContentStandIn implements AutoCloseable {

    static final String KEY = "test-content-key-0123456789abcdef";

    private final Map<String, Map<String, String>> mails = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private HttpServer server;

    ContentStandIn() {
        server = serve(0);
    }

    private HttpServer serve(int port) {
        try {
            HttpServer starting = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
            starting.createContext("/v1/decisions/", this::answer);
            starting.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            starting.start();
            return starting;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void put(String decisionId, String subscriberId, String html) {
        mails.put(
                decisionId,
                Map.of(
                        "decisionId", decisionId,
                        "subscriberId", subscriberId,
                        "campaignId", "c",
                        "variantId", "v1",
                        "subject", "We miss you, Ann",
                        "preheader", "A look inside",
                        "html", html,
                        "text", "Come back"));
    }

    /** How often the mail of that decision was asked for. */
    long asked(String decisionId) {
        return asked.stream().filter(decisionId::equals).count();
    }

    void answerWith(int newStatus) {
        status = newStatus;
    }

    void stop() {
        server.stop(0);
    }

    void start() {
        server = serve(server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String[] path = exchange.getRequestURI().getPath().split("/", -1);
            String decisionId = path[3];
            asked.add(decisionId);
            if (!("Bearer " + KEY).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.sendResponseHeaders(401, -1);
            } else if (status != 200) {
                exchange.sendResponseHeaders(status, -1);
            } else if (!path[4].equals("mail") || !mails.containsKey(decisionId)) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                byte[] body = JsonMapper.shared()
                        .writeValueAsString(mails.get(decisionId))
                        .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
