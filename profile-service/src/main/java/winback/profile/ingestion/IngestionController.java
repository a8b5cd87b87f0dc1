package winback.profile.ingestion;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.events.GroupCommit;
import winback.chassis.problems.Problem;
import winback.chassis.problems.Problem.Fault;
import winback.contracts.ActivityReceived;
import winback.contracts.ActivityType;
import winback.contracts.Topic;
import winback.profile.ingestion.SegmentCalls.Reading.Refused;
import winback.profile.ingestion.SegmentCalls.Reading.Understood;

/**
 * The Segment HTTP API. Needs Kafka and nothing else: an event is acknowledged when Kafka has it, and applied when the
 * database has time.
 */
@RestController
@Tag(name = "Ingestion")
@ApiResponse(responseCode = "200", description = "Kafka has it; of a batch, rejected names the calls that were refused")
@ApiResponse(
        responseCode = "400",
        description =
                "nothing usable: malformed-json, or invalid-request with the field, code and detail of each fault",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                        schema = @Schema(implementation = ProblemDetail.class)))
@ApiResponse(
        responseCode = "401",
        description = "unknown-key",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                        schema = @Schema(implementation = ProblemDetail.class)))
@ApiResponse(
        responseCode = "403",
        description = "role-too-small: the key may not ingest",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                        schema = @Schema(implementation = ProblemDetail.class)))
@ApiResponse(
        responseCode = "413",
        description = "more than 32 KB an event or 500 KB a batch, after inflation",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                        schema = @Schema(implementation = ProblemDetail.class)))
@ApiResponse(
        responseCode = "415",
        description = "unknown-encoding: only gzip is read",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                        schema = @Schema(implementation = ProblemDetail.class)))
@ApiResponse(
        responseCode = "503",
        description = "kafka-away, with Retry-After; send it again",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                        schema = @Schema(implementation = ProblemDetail.class)))
class IngestionController {

    record Rejected(int index, String field, String code, String detail) {}

    record Accepted(
            boolean success,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Rejected> rejected) {}

    /** Segment's bound of one event. */
    private static final int MAX_EVENT_BYTES = 32 * 1024;
    /** Deeper than any event, and far from the depth that hurts. */
    private static final int MAX_DEPTH = 64;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(400)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final GroupCommit events;
    private final Clock clock;
    private final Counter accepted;
    private final Counter rejected;

    IngestionController(GroupCommit events, Clock clock, MeterRegistry meters) {
        this.events = events;
        this.clock = clock;
        this.accepted = meters.counter("winback.ingestion.accepted");
        this.rejected = meters.counter("winback.ingestion.rejected");
    }

    @PostMapping("/v1/track")
    @Operation(
            summary = "Something that a person did or that was done to them",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = "application/json",
                                            schema = @Schema(implementation = CallSchemas.Track.class),
                                            examples = @ExampleObject(CallSchemas.TRACK))))
    Accepted track(HttpServletRequest call, Principal key) {
        return one(ActivityType.TRACK, body(call), key);
    }

    @PostMapping("/v1/identify")
    @Operation(
            summary = "Who a person is: traits and consents",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = "application/json",
                                            schema = @Schema(implementation = CallSchemas.Identify.class),
                                            examples = @ExampleObject(CallSchemas.IDENTIFY))))
    Accepted identify(HttpServletRequest call, Principal key) {
        return one(ActivityType.IDENTIFY, body(call), key);
    }

    @PostMapping("/v1/page")
    @Operation(
            summary = "A page that a person saw",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = "application/json",
                                            schema = @Schema(implementation = CallSchemas.View.class),
                                            examples = @ExampleObject(CallSchemas.PAGE))))
    Accepted page(HttpServletRequest call, Principal key) {
        return one(ActivityType.PAGE, body(call), key);
    }

    @PostMapping("/v1/screen")
    @Operation(
            summary = "A screen that a person saw",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = "application/json",
                                            schema = @Schema(implementation = CallSchemas.View.class),
                                            examples = @ExampleObject(CallSchemas.SCREEN))))
    Accepted screen(HttpServletRequest call, Principal key) {
        return one(ActivityType.SCREEN, body(call), key);
    }

    @PostMapping("/v1/group")
    @Operation(
            summary = "A group that a person belongs to",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = "application/json",
                                            schema = @Schema(implementation = CallSchemas.Group.class),
                                            examples = @ExampleObject(CallSchemas.GROUP))))
    Accepted group(HttpServletRequest call, Principal key) {
        return one(ActivityType.GROUP, body(call), key);
    }

    @PostMapping("/v1/alias")
    @Operation(
            summary = "Another id of the same person: previousId, whose history goes to userId",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = "application/json",
                                            schema = @Schema(implementation = CallSchemas.Alias.class),
                                            examples = @ExampleObject(CallSchemas.ALIAS))))
    Accepted alias(HttpServletRequest call, Principal key) {
        return one(ActivityType.ALIAS, body(call), key);
    }

    @PostMapping("/v1/batch")
    @Operation(
            summary = "Many calls in one; the good ones are kept when others are refused",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = "application/json",
                                            schema = @Schema(implementation = CallSchemas.Batch.class),
                                            examples = @ExampleObject(CallSchemas.BATCH))))
    Accepted batch(HttpServletRequest sent, Principal key) {
        byte[] body = body(sent);
        JsonNode request = parse(body);
        JsonNode calls = request.get("batch");
        if (calls == null || !calls.isArray()) {
            rejected.increment();
            throw Problem.invalid("batch", calls == null ? "missing" : "wrong-type", "must be an array of calls");
        }
        Instant receivedAt = now();
        List<ActivityReceived> good = new ArrayList<>(calls.size());
        List<Rejected> bad = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            JsonNode call = calls.get(i);
            if (body.length > MAX_EVENT_BYTES) {
                int bytes = JSON.writeValueAsBytes(call).length;
                if (bytes > MAX_EVENT_BYTES) {
                    bad.add(new Rejected(i, "", "too-large", tooLarge(bytes)));
                    continue;
                }
            }
            switch (SegmentCalls.read(call, null, source(key), request.get("sentAt"), receivedAt)) {
                case Understood understood -> good.add(understood.event());
                case Refused refused -> bad.add(rejected(i, refused.fault()));
            }
        }
        rejected.increment(bad.size());
        if (good.isEmpty() && !bad.isEmpty()) {
            throw Problem.invalid(
                    "No call of the batch is usable.",
                    bad.stream().map(IngestionController::fault).toList());
        }
        publish(good);
        return new Accepted(true, bad);
    }

    private Accepted one(ActivityType type, byte[] body, Principal key) {
        publish(List.of(understood(type, body, key)));
        return new Accepted(true, List.of());
    }

    /** The one call in a body; a {@link Problem} says what is wrong with it. */
    ActivityReceived understood(ActivityType type, byte[] body, Principal key) {
        if (body.length > MAX_EVENT_BYTES) {
            rejected.increment();
            throw Problem.of(HttpStatus.CONTENT_TOO_LARGE, "event-too-large", tooLarge(body.length));
        }
        JsonNode call = parse(body);
        return switch (SegmentCalls.read(call, type, source(key), null, now())) {
            case Understood understood -> understood.event();
            case Refused refused -> {
                rejected.increment();
                Fault fault = refused.fault();
                throw Problem.invalid(fault.field(), fault.code(), fault.detail());
            }
        };
    }

    private void publish(List<ActivityReceived> activities) {
        events.publish(Topic.ACTIVITY, activities);
        accepted.increment(activities.size());
    }

    private static String tooLarge(int bytes) {
        return "An event has at most %d bytes (32 KB); this one has %d.".formatted(MAX_EVENT_BYTES, bytes);
    }

    /** As sent, whatever type it claims to be of: curl calls everything a form, and Spring would take it for one. */
    static byte[] body(HttpServletRequest call) {
        try {
            return call.getInputStream().readAllBytes();
        } catch (IOException unreadable) {
            throw new HttpMessageNotReadableException(
                    "the body cannot be read", unreadable, new ServletServerHttpRequest(call));
        }
    }

    private static JsonNode parse(byte[] body) {
        try {
            JsonNode node = JSON.readTree(body);
            if (node == null || !node.isObject()) {
                throw Problem.invalid(
                        "The body must be a JSON object.",
                        List.of(new Fault("", "wrong-type", "must be a JSON object")));
            }
            return node;
        } catch (JacksonException malformed) {
            throw malformed(malformed);
        }
    }

    private static Problem malformed(JacksonException failure) {
        var place = failure.getLocation();
        String at = place == null ? "" : " at line %d, column %d".formatted(place.getLineNr(), place.getColumnNr());
        return Problem.of(HttpStatus.BAD_REQUEST, "malformed-json", "The body is no JSON that can be read" + at + ".");
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static String source(@Nullable Principal key) {
        return "api:" + (key == null ? "unknown" : key.getName());
    }

    private static Rejected rejected(int index, Fault fault) {
        return new Rejected(index, fault.field(), fault.code(), fault.detail());
    }

    private static Fault fault(Rejected rejected) {
        String path = "batch[%d]".formatted(rejected.index());
        return new Fault(
                rejected.field().isEmpty() ? path : path + "." + rejected.field(), rejected.code(), rejected.detail());
    }
}
