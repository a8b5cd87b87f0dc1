package winback.standalone.platform;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.standalone.cli.CommandFailed;

/** The HTTP interfaces of a running platform, as a client with a key sees them. Thread-safe. */
public final class Api implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int SHOWN_ERRORS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final String host;
    private final Ports ports;
    private final String key;

    /**
     * @param host that the services are bound to; a wildcard is reached over loopback
     */
    public Api(String host, Ports ports, String key) {
        this.host = reachable(host);
        this.ports = ports;
        this.key = key;
    }

    private static String reachable(String host) {
        return switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::", "[::]" -> "[::1]";
            default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        };
    }

    /** Where a service is reached from this machine, such as {@code http://127.0.0.1:8081}. */
    public URI url(Service service) {
        return URI.create("http://" + host + ":" + ports.of(service));
    }

    /** Percent-encodes one segment of a path or a query's value. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Whether the service says that it is ready; false also while nobody listens. */
    public boolean ready(Service service) {
        try {
            HttpRequest request = HttpRequest.newBuilder(url(service).resolve("/actuator/health/readiness"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("Interrupted while waiting for the " + service.word() + " service.", e);
        }
    }

    public JsonNode get(Service service, String path) {
        return accepted(service, path, exchange(request(service, path).GET().build()));
    }

    /** As {@link #get}, null when there is no such thing. */
    public @Nullable JsonNode find(Service service, String path) {
        HttpResponse<String> response = exchange(request(service, path).GET().build());
        return response.statusCode() == 404 ? null : accepted(service, path, response);
    }

    public JsonNode delete(Service service, String path) {
        return accepted(service, path, exchange(request(service, path).DELETE().build()));
    }

    public JsonNode post(Service service, String path, Object body) {
        return accepted(
                service,
                path,
                post(
                        service,
                        path,
                        "application/json",
                        BodyPublishers.ofString(JSON.writeValueAsString(body)),
                        PATIENCE));
    }

    /** Posts a body of any kind and returns the answer whatever its status. */
    public HttpResponse<String> post(
            Service service, String path, String contentType, BodyPublisher body, Duration patience) {
        return exchange(request(service, path)
                .timeout(patience)
                .header("Content-Type", contentType)
                .POST(body)
                .build());
    }

    private HttpRequest.Builder request(Service service, String path) {
        return HttpRequest.newBuilder(url(service).resolve(path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + key);
    }

    private HttpResponse<String> exchange(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new CommandFailed(
                    "%s does not answer: %s"
                            .formatted(
                                    request.uri().getAuthority(),
                                    e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed(
                    "Interrupted while waiting for " + request.uri().getAuthority() + ".", e);
        }
    }

    /** The answer's JSON when it is a success; otherwise its problem as a sentence. */
    public static JsonNode accepted(Service service, String path, HttpResponse<String> response) {
        JsonNode body = json(response.body());
        if (response.statusCode() / 100 == 2) {
            return body;
        }
        String route = path.indexOf('?') < 0 ? path : path.substring(0, path.indexOf('?'));
        String detail = body.path("detail").asString("");
        throw new CommandFailed("The %s service answered %d to %s%s%s"
                .formatted(
                        service.word(),
                        response.statusCode(),
                        route,
                        detail.isEmpty() ? "." : ": " + detail,
                        errors(body, detail)));
    }

    /** A line for each of the problem's errors that its detail has not told. */
    private static String errors(JsonNode problem, String detail) {
        List<String> errors = problem.path("errors").values().stream()
                .map(error -> error.path("field").asString("") + ": "
                        + error.path("detail").asString(""))
                .filter(error -> !error.equals(detail))
                .toList();
        StringBuilder lines = new StringBuilder();
        errors.stream()
                .limit(SHOWN_ERRORS)
                .forEach(error -> lines.append("\n  ").append(error));
        if (errors.size() > SHOWN_ERRORS) {
            lines.append("\n  … and ").append(errors.size() - SHOWN_ERRORS).append(" more.");
        }
        return lines.toString();
    }

    private static JsonNode json(String body) {
        try {
            return body.isBlank() ? JSON.createObjectNode() : JSON.readTree(body);
        } catch (JacksonException notJson) {
            return JSON.createObjectNode();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
