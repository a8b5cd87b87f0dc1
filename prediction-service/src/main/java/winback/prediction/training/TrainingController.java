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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
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
    private static final Pattern CURSOR = Pattern.compile("t-[0-9a-f]{11,30}");
    private static final int CANARY_DAYS = 7;
    private static final int MOST_CANARY_DAYS = 90;

    private final Jobs jobs;
    private final Cancellation cancellation;
    private final TrainingSettings settings;
    private final Clock clock;
    private final JsonMapper json;

    TrainingController(Jobs jobs, Cancellation cancellation, TrainingSettings settings, Clock clock, JsonMapper json) {
        this.jobs = jobs;
        this.cancellation = cancellation;
        this.settings = settings;
        this.clock = clock;
        this.json = json;
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

        /** What a plan was made of. */
        static Request of(Training.Plan plan) {
            Training.Canary canary = plan.canary();
            Instant labelsFrom = plan.labelsFrom();
            return new Request(
                    labelsFrom == null ? null : labelsFrom.toString(),
                    plan.horizonDays(),
                    canary == null ? null : canary.share(),
                    canary == null ? null : canary.days(),
                    plan.recipe() == null ? null : plan.recipe().wireName());
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            String trainingId,
            String model,
            Request request,
            String state,
            double progress,
            String detail,
            Instant createdAt,
            Instant updatedAt,
            @Nullable String modelVersion,
            @Nullable Map<String, Object> metrics) {

        static Answer of(Job job, Training.Plan plan) {
            return new Answer(
                    job.id(),
                    job.subject().wireName(),
                    Request.of(plan),
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
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(
            summary = "Train a model; while the same is running, that one is answered",
            description =
                    "A version that passes the gate goes live. With canaryShare (above 0, at most 0.5) it scores that"
                            + " share of the subscribers first, and goes live after canaryDays (7, 1 to 90)."
                            + " recipe is ensemble or mission; without it the one that is configured. While a training of"
                            + " the model is open that was asked for otherwise, 409 (training-open) names it.")
    ResponseEntity<Answer> request(
            @PathVariable String name, @RequestBody(required = false) @Nullable Request request) {
        ModelName model = ModelController.named(name);
        Training.Plan plan = plan(model, request == null ? Request.EMPTY : request);
        Job job = jobs.requestAlone(Training.KIND, model, plan, plan.first());
        if (!plan.asksForTheSameAs(plan(job))) {
            throw Problem.conflict(
                    "training-open",
                    "The training %s of this model is open and was asked for otherwise; await or cancel it."
                            .formatted(job.id()));
        }
        return ResponseEntity.accepted()
                .location(URI.create("/v1/trainings/" + job.id()))
                .body(answer(job));
    }

    private Answer answer(Job job) {
        return Answer.of(job, plan(job));
    }

    private Training.Plan plan(Job job) {
        return json.readValue(job.request(), Training.Plan.class);
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
        return answer(cancellation.cancel(Training.KIND, id));
    }

    @GetMapping("/v1/trainings/{id}")
    @Operation(summary = "How far a training is, and what it made")
    Answer find(@PathVariable String id) {
        return jobs.find(Training.KIND, id)
                .map(this::answer)
                .orElseThrow(() -> Problem.notFound("unknown-training", "There is no training of this id."));
    }

    @GetMapping("/v1/trainings")
    @Operation(summary = "All trainings, newest first")
    Page list(@RequestParam(defaultValue = "100") int limit, @RequestParam(required = false) @Nullable String cursor) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw Problem.invalid("limit", "out-of-range", "1 to " + MAX_PAGE);
        }
        if (cursor != null && !CURSOR.matcher(cursor).matches()) {
            throw Problem.invalid("cursor", "wrong-value", "not a cursor of this list");
        }
        List<Answer> found = jobs.list(Training.KIND, limit + 1, cursor).stream()
                .map(this::answer)
                .toList();
        return found.size() <= limit
                ? new Page(found, null)
                : new Page(found.subList(0, limit), found.get(limit - 1).trainingId());
    }
}
