package winback.content.instances;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** Asks another instance, in the caller's name. */
public final class Forwarder {

    /** On what was forwarded, so that it is answered where it arrives, whoever that turns out to be. */
    public static final String FORWARDED = "Winback-Forwarded";

    /**
     * What the other one answered.
     *
     * @param body as it came
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes, compared nowhere
    public record Answer(int status, byte[] body) {}

    private static final Duration LEAST = Duration.ofMillis(1);

    private final HttpClient http;

    Forwarder(HttpClient http) {
        this.http = http;
    }

    /**
     * Posts JSON.
     *
     * @param path with its query
     * @param authorization the caller's
     * @return fails when there is no answer within {@code patience}
     */
    public CompletableFuture<Answer> post(
            URI instance, String path, byte[] json, String authorization, Duration patience) {
        HttpRequest request = HttpRequest.newBuilder(instance.resolve(path))
                .header(HttpHeaders.AUTHORIZATION, authorization)
                .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
                .header(FORWARDED, "true")
                .timeout(patience.compareTo(LEAST) < 0 ? LEAST : patience)
                .POST(HttpRequest.BodyPublishers.ofByteArray(json))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                .thenApply(response -> new Answer(response.statusCode(), response.body()));
    }
}
