package winback.content.decisions;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.content.PlainText;
import winback.content.templates.RenderedMail;

@RestController
@Tag(name = "Personalizations")
class PersonalizationController {

    private static final int MAX_SUBSCRIBER_ID = 256;
    private static final int MAX_BUDGET_MILLIS = 10_000;

    /**
     * @param deliver default false
     * @param budgetMillis 1 to 10,000; default {@code winback.decisions.budget}
     */
    record Request(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
            String subscriberId,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
            String campaignId,

            @Nullable Boolean deliver,
            @Nullable Integer budgetMillis) {

        /** The whole request, checked; its time begins now. */
        Personalizer.Ask check(Duration usualBudget) {
            if (subscriberId == null || subscriberId.isBlank()) {
                throw Problem.invalid("subscriberId", "missing", "is required");
            }
            if (subscriberId.length() > MAX_SUBSCRIBER_ID || !PlainText.is(subscriberId)) {
                throw Problem.invalid(
                        "subscriberId",
                        "wrong-value",
                        "at most " + MAX_SUBSCRIBER_ID + " characters, none of them controls or halves of a pair");
            }
            if (campaignId == null || campaignId.isBlank()) {
                throw Problem.invalid("campaignId", "missing", "is required");
            }
            if (budgetMillis != null && !(budgetMillis >= 1 && budgetMillis <= MAX_BUDGET_MILLIS)) {
                throw Problem.invalid("budgetMillis", "out-of-range", "1 to " + MAX_BUDGET_MILLIS);
            }
            return Personalizer.Ask.begun(
                    subscriberId,
                    campaignId,
                    Boolean.TRUE.equals(deliver),
                    budgetMillis == null ? usualBudget : Duration.ofMillis(budgetMillis));
        }
    }

    /** An answer as callers see it. */
    record Answer(
            @JsonUnwrapped Personalization personalization,
            @Nullable RenderedMail content,
            @Nullable Explanation explanation) {}

    private final Answers answers;
    private final DecisionSettings settings;

    PersonalizationController(Answers answers, DecisionSettings settings) {
        this.answers = answers;
        this.settings = settings;
    }

    /** Spring would take {@code yes} and {@code on} as well, which nobody was told of. */
    static boolean isTrue(String parameter, String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Problem.invalid(parameter, "wrong-type", "expected true or false");
        };
    }

    @PostMapping(Answers.PATH)
    @Operation(summary = "Decide what to say to a subscriber, and when")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Answer.class)))
    void personalize(
            @RequestBody Request request,
            @Parameter(
                            description = "whether to tell the policy, its alternatives and the parts of the score",
                            schema = @Schema(type = "boolean", defaultValue = "false"))
                    @RequestParam(defaultValue = "false")
                    String explain,
            HttpServletRequest http,
            HttpServletResponse response)
            throws IOException {
        Answers.Reply reply = answers.begin(request.check(settings.budget()), isTrue("explain", explain), http)
                .get();
        boolean fine = reply.status() == HttpStatus.OK.value();
        response.setStatus(reply.status());
        response.setContentType(fine ? MediaType.APPLICATION_JSON_VALUE : MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(reply.json().length());
        reply.json().writeTo(response.getOutputStream());
    }
}
