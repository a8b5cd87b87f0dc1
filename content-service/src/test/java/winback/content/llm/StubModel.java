package winback.content.llm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An endpoint that speaks the chat protocol, streaming and not, and errs as it is told to. */
final class StubModel implements AutoCloseable {

    enum Mode {
        WELL,
        RATE_LIMITED,
        SERVER_ERROR,
        REFUSED,
        HANG,
        CUT,
        NO_JSON,
        OFF_BRIEF,
        MARKUP,
        REPEATING,
        TOO_LONG
    }

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int PIECE = 40;

    /** What has been asked, with the key it was asked with. */
    record Asked(String authorization, JsonNode body) {}

    private final HttpServer server;

    /** What hangs hangs until then. */
    private final CountDownLatch closed = new CountDownLatch(1);

    final List<Asked> asked = new CopyOnWriteArrayList<>();
    volatile Mode mode = Mode.WELL;

    StubModel() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/chat/completions", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
        asked.add(new Asked(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")), body));
        switch (mode) {
            case RATE_LIMITED -> error(exchange, 429);
            case SERVER_ERROR -> error(exchange, 500);
            case REFUSED -> error(exchange, 401);
            case HANG -> {
                try {
                    closed.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
                exchange.close();
            }
            default -> {
                if (body.path("stream").asBoolean(false)) {
                    stream(exchange, mails(body));
                } else {
                    whole(exchange, mails(body));
                }
            }
        }
    }

    private static void error(HttpExchange exchange, int status) throws IOException {
        byte[] json = "{\"error\": {\"message\": \"the key sk-secret is wrong\", \"type\": \"x\", \"code\": \"x\"}}"
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, json.length);
        exchange.getResponseBody().write(json);
        exchange.close();
    }

    /** As many mails as the prompt wants, no two alike. */
    private String mails(JsonNode body) {
        if (mode == Mode.NO_JSON) {
            return "Certainly! Here are some mails: {\"mails\": [ {\"subject\": ";
        }
        JsonNode wanted =
                JSON.readTree(body.path("messages").path(1).path("content").asString("{}"));
        ObjectNode answer = JSON.createObjectNode();
        var mails = answer.putArray("mails");
        int call = asked.size();
        List<String> words = List.of("bowls", "cups", "plates", "linen", "teapots", "glazes", "shelves", "tables");
        for (int i = 0; i < wanted.path("write").size(); i++) {
            String word = words.get((call * 3 + i) % words.size());
            ObjectNode mail = mails.addObject();
            mail.put("strategy", wanted.path("write").path(i).path("strategy").asString(""));
            mail.put(
                    "subject",
                    switch (mode) {
                        case OFF_BRIEF -> "Half price on all " + word + " today only";
                        case MARKUP -> "Hi {{ subscriber.email }}";
                        case REPEATING -> "A quiet look at the bowls";
                        default -> i % 2 == 0 ? "A quiet look at the " + word : "Remember our " + word + "?";
                    });
            mail.put("subjectWithName", mode == Mode.WELL ? "{name}, a look at the " + word : null);
            mail.put("preheader", "It has been a while, and the kiln is warm again.");
            mail.putArray("paragraphs")
                    .add("It has been a while since you last came by, and we would like to see you again.")
                    .add("Every piece is fired twice and checked by hand.")
                    .add("Come and have a look, whenever it suits you.");
            mail.put("callToAction", "Have a look");
            mail.put("ps", "P.S. If a piece chips, our repair service mends it and sends it back to you.");
            mail.putNull("offer");
            mail.putArray("facts").add("fired").add("repairs").add("no-such-fact");
            mail.putNull("product");
        }
        return answer.toString();
    }

    private void stream(HttpExchange exchange, String text) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            int end = mode == Mode.CUT ? text.length() / 2 : text.length();
            for (int from = 0; from < end; from += PIECE) {
                event(out, chunk(text.substring(from, Math.min(end, from + PIECE)), null));
            }
            if (mode == Mode.CUT) {
                return;
            }
            event(out, chunk("", mode == Mode.TOO_LONG ? "length" : "stop"));
            ObjectNode usage = chunk("", null);
            usage.putArray("choices");
            usage.set(
                    "usage",
                    JSON.readTree("{\"prompt_tokens\": 1000, \"completion_tokens\": 200, \"total_tokens\": 1200}"));
            event(out, usage);
            out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void event(OutputStream out, JsonNode json) throws IOException {
        out.write(("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static ObjectNode chunk(String text, @Nullable String finish) {
        ObjectNode chunk = JSON.createObjectNode();
        chunk.put("id", "c")
                .put("object", "chat.completion.chunk")
                .put("created", 1)
                .put("model", "stub-model");
        ObjectNode choice = chunk.putArray("choices").addObject();
        choice.put("index", 0).putObject("delta").put("role", "assistant").put("content", text);
        choice.put("finish_reason", finish);
        return chunk;
    }

    private void whole(HttpExchange exchange, String text) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.put("id", "c").put("object", "chat.completion").put("created", 1).put("model", "stub-model");
        ObjectNode choice = json.putArray("choices").addObject();
        choice.put("index", 0).put("finish_reason", "stop");
        choice.putObject("message").put("role", "assistant").put("content", text);
        json.putObject("usage")
                .put("prompt_tokens", 1000)
                .put("completion_tokens", 200)
                .put("total_tokens", 1200);
        byte[] body = json.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, mode == Mode.CUT ? body.length + 100L : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
