package winback.content.decisions;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.TokenBuffer;
import winback.chassis.problems.Problem;

/** Many personalisations in one request. Each is decided for itself, and one that cannot be fails no other. */
@RestController
@Tag(name = "Personalizations")
class BatchController {

    private static final Logger log = LoggerFactory.getLogger(BatchController.class);
    private static final int MOST = 500;

    /** @param personalizations 1 to 500 */
    record Request(
            // Each is read for itself later, so that one which cannot be fails no other.
            @ArraySchema(schema = @Schema(implementation = PersonalizationController.Request.class))
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
            @Nullable
            List<@Nullable TokenBuffer> personalizations) {}

    /** What is told of one that could not be decided, in its place. */
    record Failed(@Nullable String subscriberId, @Nullable String campaignId, Fault problem) {}

    record Fault(int status, String code, String detail) {

        static Fault of(Problem problem) {
            return new Fault(
                    problem.getStatusCode().value(),
                    problem.code(),
                    String.valueOf(problem.getBody().getDetail()));
        }
    }

    private final Answers answers;
    private final DecisionSettings settings;
    private final JsonMapper json;

    BatchController(Answers answers, DecisionSettings settings, JsonMapper json) {
        this.answers = answers;
        this.settings = settings;
        this.json = json;
    }

    @PostMapping(value = Answers.PATH + "/batch", produces = MediaType.APPLICATION_NDJSON_VALUE)
    @Operation(
            summary = "Decide for up to 500 subscribers",
            description = "A line for each, in the order asked for, written as it is decided: the answer of"
                    + " /v1/personalizations, or subscriberId, campaignId and problem {status, code, detail}.")
    @ApiResponse(
            responseCode = "200",
            description = "Of a line",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_NDJSON_VALUE,
                            schema = @Schema(oneOf = {PersonalizationController.Answer.class, Failed.class})))
    void personalize(
            @RequestBody Request request,
            @Parameter(schema = @Schema(type = "boolean", defaultValue = "false")) @RequestParam(defaultValue = "false")
                    String explain,
            HttpServletRequest http,
            HttpServletResponse response)
            throws IOException {
        List<@Nullable TokenBuffer> asked = request.personalizations();
        if (asked == null || asked.isEmpty()) {
            throw Problem.invalid("personalizations", "missing", "1 to " + MOST + " are required");
        }
        if (asked.size() > MOST) {
            throw Problem.invalid("personalizations", "too-many", "at most " + MOST + ", not " + asked.size());
        }
        boolean explained = PersonalizationController.isTrue("explain", explain);
        // What other instances are asked for is under way while the first lines are decided here.
        List<Supplier<Personalization.Json>> lines = new ArrayList<>(asked.size());
        for (TokenBuffer one : asked) {
            lines.add(begin(one, lines.size(), explained, http));
        }
        response.setContentType(MediaType.APPLICATION_NDJSON_VALUE);
        OutputStream out = response.getOutputStream();
        for (Supplier<Personalization.Json> line : lines) {
            line.get().writeTo(out);
            out.write('\n');
        }
    }

    private Supplier<Personalization.Json> begin(
            @Nullable TokenBuffer one, int index, boolean explain, HttpServletRequest http) {
        PersonalizationController.Request request;
        try {
            request = read(one, index);
        } catch (Problem problem) {
            return () -> failed(null, null, Fault.of(problem));
        }
        try {
            Supplier<Answers.Reply> reply = answers.begin(request.check(settings.budget()), explain, http);
            return () -> line(request, reply);
        } catch (Problem problem) {
            return () -> failed(request.subscriberId(), request.campaignId(), Fault.of(problem));
        }
    }

    private PersonalizationController.Request read(@Nullable TokenBuffer one, int index) {
        if (one == null) {
            throw Problem.invalid("personalizations[" + index + "]", "missing", "is null");
        }
        try (JsonParser tokens = one.asParser()) {
            return json.readValue(tokens, PersonalizationController.Request.class);
        } catch (JacksonException misfit) {
            throw Problem.unreadable(misfit.prependPath(one, index).prependPath(this, "personalizations"));
        }
    }

    private static Personalization.Json line(PersonalizationController.Request request, Supplier<Answers.Reply> reply) {
        try {
            Answers.Reply answer = reply.get();
            return answer.status() == HttpStatus.OK.value()
                    ? answer.json()
                    : failed(request.subscriberId(), request.campaignId(), DecisionJson.fault(answer));
        } catch (Problem problem) {
            return failed(request.subscriberId(), request.campaignId(), Fault.of(problem));
        } catch (RuntimeException unexpected) {
            String incident = UUID.randomUUID().toString();
            log.error("incident {} in a batch", incident, unexpected);
            return failed(
                    request.subscriberId(),
                    request.campaignId(),
                    new Fault(
                            HttpStatus.INTERNAL_SERVER_ERROR.value(),
                            "unexpected",
                            "Something failed here; the log has the incident " + incident + "."));
        }
    }

    private static Personalization.Json failed(
            @Nullable String subscriberId, @Nullable String campaignId, Fault problem) {
        return Personalization.Json.of(DecisionJson.bytes(new Failed(subscriberId, campaignId, problem)));
    }
}
