package winback.content.decisions;

import io.swagger.v3.oas.annotations.Hidden;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the benchmark compares the path with: the same filters, authentication and parsing, and an answer of the same size
 * that was there before. Off unless {@code winback.bench.reference} is true: it decides nothing.
 */
@Hidden
@RestController
@ConditionalOnProperty("winback.bench.reference")
class ReferenceController {

    private static final Duration NO_BUDGET = Duration.ZERO;

    private final byte[] answer;

    ReferenceController(@Value("${winback.bench.reference-bytes:16000}") int bytes) {
        this.answer = "{\"content\":\"%s\"}".formatted("x".repeat(bytes)).getBytes(StandardCharsets.US_ASCII);
    }

    @PostMapping("/v1/personalizations/reference")
    ResponseEntity<byte[]> answer(@RequestBody PersonalizationController.Request request) {
        request.check(NO_BUDGET);
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(answer);
    }
}
