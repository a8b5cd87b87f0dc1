package winback.prediction.training;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.prediction.models.ModelName;
import winback.prediction.rollout.Rollouts;

/** Changes what is served of a model by hand, and tells what was. */
@RestController
@Tag(name = "Models")
class RolloutController {

    private static final int LONGEST_REASON = 500;

    private final Rollouts rollouts;

    RolloutController(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    /**
     * @param version which; absent for the one that is meant without saying
     * @param reason kept in the history
     */
    record Request(@Nullable String version, @Nullable String reason) {}

    /**
     * @param share of the subscribers; 1 for the live version
     * @param promotedAt when a canary becomes the live version by itself
     * @param to absent while it lasts
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Served(
            String version,
            double share,
            Instant from,
            String because,
            @Nullable Instant promotedAt,
            @Nullable Instant to,
            @Nullable String endedBecause) {

        static Served of(Rollouts.Serving serving) {
            return new Served(
                    serving.version(),
                    serving.share(),
                    serving.from(),
                    serving.because(),
                    serving.promotedAt(),
                    serving.to(),
                    serving.endedBecause());
        }
    }

    record History(String name, List<Served> served) {}

    @GetMapping("/v1/models/{name}/history")
    @Operation(summary = "What was served of a model from when to when, and why; newest first")
    History history(@PathVariable String name) {
        ModelName model = ModelController.named(name);
        return new History(
                model.wireName(),
                rollouts.history(model).stream().map(Served::of).toList());
    }

    /** @param served what is served from now on: the live version, and a canary if there is one */
    record Answer(String name, List<Served> served) {}

    @PostMapping("/v1/models/{name}/rollback")
    @Operation(
            summary = "Serve an earlier version again",
            description =
                    "Without a version: a canary ends if there is one, else that is live again which was before the"
                            + " live one first was. With one: that is live again, and a canary ends. Everyone is scored"
                            + " again."
                            + " 409: nothing-live, no-earlier-version, already-live, never-live, not-loadable.")
    Answer rollBack(@PathVariable String name, @RequestBody(required = false) @Nullable Request request) {
        ModelName model = ModelController.named(name);
        rollouts.rollBack(model, request == null ? null : request.version(), reason("Rolled back", request));
        return answer(model);
    }

    @PostMapping("/v1/models/{name}/promote")
    @Operation(
            summary = "Serve the canary to everyone",
            description =
                    "It becomes the live version. 409 (no-canary) when there is none, or not of the version given.")
    Answer promote(@PathVariable String name, @RequestBody(required = false) @Nullable Request request) {
        ModelName model = ModelController.named(name);
        rollouts.promote(model, request == null ? null : request.version(), reason("Promoted", request));
        return answer(model);
    }

    private Answer answer(ModelName model) {
        return new Answer(
                model.wireName(),
                rollouts.now().stream()
                        .filter(serving -> serving.name() == model)
                        .map(Served::of)
                        .toList());
    }

    private static String reason(String what, @Nullable Request request) {
        String reason = request == null ? null : request.reason();
        if (reason != null && (reason.isBlank() || reason.length() > LONGEST_REASON)) {
            throw Problem.invalid("reason", "wrong-value", "1 to " + LONGEST_REASON + " characters");
        }
        return reason == null ? what + " by hand." : what + " by hand: " + reason;
    }
}
