package winback.prediction.training;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.prediction.evaluation.Cutoff;
import winback.prediction.jobs.Cancellation;
import winback.prediction.jobs.Job;
import winback.prediction.jobs.Jobs;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.RecipeName;
import winback.prediction.rollout.CanaryShare;

@RestController
@Tag(name = "Trainings")
class TrainingController {

    private static final int MAX_PAGE = 500;
    private static final int CANARY_DAYS = 7;
    private static final int MOST_CANARY_DAYS = 90;

    private final Jobs jobs;
    private final Cancellation cancellation;
    private final TrainingSettings settings;
    private final Clock clock;

    TrainingController(Jobs jobs, Cancellation cancellation, TrainingSettings settings, Clock clock) {
        this.jobs = jobs;
        this.cancellation = cancellation;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * @param cutoff labels begin here; absent for the newest possible
     * @param canaryShare of the subscribers that a version which passes scores at first, in (0, .5]; absent for all
     * @param canaryDays until it goes live by itself, 1 to 90; absent for 7
     * @param recipe {@code ensemble} or {@code mission}; absent for the one that is configured
     */
    record Request(
            @Nullable String cutoff,
            @Nullable Integer horizonDays,
            @Nullable Double canaryShare,
            @Nullable Integer canaryDays,
            @Nullable String recipe) {

        static final Request EMPTY = new Request(null, null, null, null, null);
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            String trainingId,
            String model,
            String state,
            double progress,
            String detail,
            Instant createdAt,
            Instant updatedAt,
            @Nullable String modelVersion,
            @Nullable Map<String, Object> metrics) {

        static Answer of(Job job) {
            return new Answer(
                    job.id(),
                    job.subject().wireName(),
                    job.state().wireName(),
                    job.progress(),
                    job.detail(),
                    job.createdAt(),
                    job.updatedAt(),
                    job.modelVersion(),
                    job.result());
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<Answer> trainings, @Nullable String nextCursor) {}

    @PostMapping("/v1/models/{name}/trainings")
    @Operation(
            summary = "Train a model; while one of its name is running, that one is answered",
            description =
                    "A version that passes the gate goes live. With canaryShare (above 0, at most 0.5) it scores that"
                            + " share of the subscribers first, and goes live after canaryDays (7, 1 to 90)."
                            + " recipe is ensemble or mission; without it the one that is configured.")
    ResponseEntity<Answer> request(
            @PathVariable String name, @RequestBody(required = false) @Nullable Request request) {
        ModelName model = ModelController.named(name);
        Training.Plan plan = plan(model, request == null ? Request.EMPTY : request);
        Job job = jobs.requestAlone(Training.KIND, model, plan, plan.first());
        return ResponseEntity.accepted()
                .location(URI.create("/v1/trainings/" + job.id()))
                .body(Answer.of(job));
    }

    private Training.Plan plan(ModelName model, Request request) {
        int horizon = request.horizonDays() == null ? model.defaultHorizonDays() : request.horizonDays();
        int least = model.leastLabelDays(settings.leastLabelDays());
        if (!model.anyHorizon() && horizon != model.defaultHorizonDays()) {
            throw Problem.invalid(
                    "horizonDays",
                    "out-of-range",
                    "%d: a %s score means no other number of days"
                            .formatted(model.defaultHorizonDays(), model.wireName()));
        }
        if (model.anyHorizon() && horizon < least || horizon > ModelOptions.MAX_HORIZON_DAYS) {
            throw Problem.invalid(
                    "horizonDays", "out-of-range", least + " to " + ModelOptions.MAX_HORIZON_DAYS + " days");
        }
        Training.Canary canary = canary(request);
        RecipeName recipe = recipe(request.recipe());
        Instant now = clock.instant();
        if (request.cutoff() == null) {
            return Training.Plan.upTo(now, horizon).with(canary, recipe);
        }
        Instant cutoff = Cutoff.parse(request.cutoff(), "cutoff");
        if (cutoff.plus(Duration.ofDays(least)).isAfter(now)) {
            throw Problem.invalid(
                    "cutoff",
                    "out-of-range",
                    "at least " + least + " days ago, so that there are outcomes to learn from");
        }
        return Training.Plan.from(cutoff, now, horizon, model.labelDays(horizon))
                .with(canary, recipe);
    }

    private static @Nullable RecipeName recipe(@Nullable String said) {
        return said == null
                ? null
                : RecipeName.ofWireName(said)
                        .orElseThrow(() -> Problem.invalid("recipe", "wrong-value", "ensemble or mission"));
    }

    private static Training.@Nullable Canary canary(Request request) {
        Double share = request.canaryShare();
        Integer days = request.canaryDays();
        if (share != null && !(share > 0 && share <= CanaryShare.MOST)) {
            throw Problem.invalid("canaryShare", "out-of-range", "above 0, at most " + CanaryShare.MOST);
        }
        if (days != null && (share == null || days < 1 || days > MOST_CANARY_DAYS)) {
            throw Problem.invalid("canaryDays", "out-of-range", "1 to " + MOST_CANARY_DAYS + ", with a canaryShare");
        }
        return share == null ? null : new Training.Canary(share, days == null ? CANARY_DAYS : days);
    }

    @PostMapping("/v1/trainings/{id}/cancel")
    @Operation(
            summary = "Cancel a training that has not ended",
            description =
                    "At once, whatever it is at; it registers nothing. Cancelling it again changes nothing; one that is"
                            + " done or has failed is a 409 (job-ended).")
    Answer cancel(@PathVariable String id) {
        return Answer.of(cancellation.cancel(Training.KIND, id));
    }

    @GetMapping("/v1/trainings/{id}")
    @Operation(summary = "How far a training is, and what it made")
    Answer find(@PathVariable String id) {
        return jobs.find(Training.KIND, id)
                .map(Answer::of)
                .orElseThrow(() -> Problem.notFound("unknown-training", "There is no training of this id."));
    }

    @GetMapping("/v1/trainings")
    @Operation(summary = "All trainings, newest first")
    Page list(@RequestParam(defaultValue = "100") int limit, @RequestParam(required = false) @Nullable String cursor) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw Problem.invalid("limit", "out-of-range", "1 to " + MAX_PAGE);
        }
        List<Answer> found = jobs.list(Training.KIND, limit + 1, cursor).stream()
                .map(Answer::of)
                .toList();
        return found.size() <= limit
                ? new Page(found, null)
                : new Page(found.subList(0, limit), found.get(limit - 1).trainingId());
    }
}
