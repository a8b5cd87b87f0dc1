package winback.content.decisions;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.content.templates.RenderedMail;

@RestController
@Tag(name = "Personalizations")
class PersonalizationController {

    private static final int MAX_SUBSCRIBER_ID = 256;

    /**
     * @param deliver default false
     */
    record Request(
            @Nullable String subscriberId,
            @Nullable String campaignId,
            @Nullable Boolean deliver) {

        /** The whole request, checked. */
        Asked check() {
            if (subscriberId == null || subscriberId.isBlank()) {
                throw Problem.invalid("subscriberId", "missing", "is required");
            }
            if (subscriberId.length() > MAX_SUBSCRIBER_ID || hasControls(subscriberId)) {
                throw Problem.invalid(
                        "subscriberId",
                        "wrong-value",
                        "at most " + MAX_SUBSCRIBER_ID + " characters, none of them controls");
            }
            if (campaignId == null || campaignId.isBlank()) {
                throw Problem.invalid("campaignId", "missing", "is required");
            }
            return new Asked(subscriberId, campaignId, Boolean.TRUE.equals(deliver));
        }
    }

    /** An answer as callers see it. */
    private record Answer(
            @JsonUnwrapped Personalization personalization,
            @Nullable RenderedMail content,
            @Nullable Explanation explanation) {}

    /** What was asked for. */
    record Asked(String subscriberId, String campaignId, boolean deliver) {}

    private final Personalizer personalizer;

    PersonalizationController(Personalizer personalizer) {
        this.personalizer = personalizer;
    }

    @PostMapping("/v1/personalizations")
    @Operation(summary = "Decide what to say to a subscriber, and when")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Answer.class)))
    void personalize(
            @RequestBody Request request,
            @Parameter(description = "whether to tell the policy, its alternatives and the parts of the score")
                    @RequestParam(defaultValue = "false")
                    boolean explain,
            HttpServletResponse response)
            throws IOException {
        Asked asked = request.check();
        Personalization.Json answer = personalizer
                .personalize(asked.subscriberId(), asked.campaignId(), asked.deliver())
                .json(explain);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setContentLength(answer.length());
        answer.writeTo(response.getOutputStream());
    }

    private static boolean hasControls(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}
