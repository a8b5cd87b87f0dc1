package winback.prediction.evaluation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.prediction.jobs.Cancellation;
import winback.prediction.jobs.Job;
import winback.prediction.jobs.Jobs;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.ModelVersion;

@RestController
@Tag(name = "Evaluations")
class EvaluationController {

    private final Jobs jobs;
    private final Cancellation cancellation;
    private final Clock clock;

    EvaluationController(Jobs jobs, Cancellation cancellation, Clock clock) {
        this.jobs = jobs;
        this.cancellation = cancellation;
        this.clock = clock;
    }

    record Request(
            @Nullable String task,
            @Nullable String trainCutoff,
            @Nullable String testCutoff,
            @Nullable Integer horizonDays) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            String evaluationId,
            String task,
            String state,
            double progress,
            String detail,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Map<String, Object> result) {

        static Answer of(Job job) {
            return new Answer(
                    job.id(),
                    job.subject().wireName(),
                    job.state().wireName(),
                    job.progress(),
                    job.detail(),
                    job.createdAt(),
                    job.updatedAt(),
                    job.result());
        }
    }

    @PostMapping("/v1/evaluations")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "Back-test the value, churn or engagement recipe on a split of time")
    ResponseEntity<Answer> request(@RequestBody Request request) {
        Evaluation.Split split = check(request);
        ModelName task = named(request).orElseThrow();
        Job job = jobs.request(Evaluation.KIND, task, split, split.wanted());
        return ResponseEntity.accepted()
                .location(URI.create("/v1/evaluations/" + job.id()))
                .body(Answer.of(job));
    }

    private static Optional<ModelName> named(Request request) {
        return ModelName.ofWireName(String.valueOf(request.task()));
    }

    private Evaluation.Split check(Request request) {
        List<Problem.Fault> faults = new ArrayList<>();
        Optional<ModelName> task = named(request);
        if (task.isEmpty()) {
            faults.add(new Problem.Fault("task", "wrong-value", "value, churn or engagement"));
        }
        Integer horizon = request.horizonDays();
        if (horizon == null || horizon < 1 || horizon > ModelOptions.MAX_HORIZON_DAYS) {
            faults.add(new Problem.Fault(
                    "horizonDays", "out-of-range", "1 to " + ModelOptions.MAX_HORIZON_DAYS + " days"));
        } else if (task.filter(name -> !name.anyHorizon() && name.defaultHorizonDays() != horizon)
                .isPresent()) {
            faults.add(new Problem.Fault(
                    "horizonDays", "out-of-range", task.get().defaultHorizonDays() + " days of " + request.task()));
        }
        String train = request.trainCutoff();
        String test = request.testCutoff();
        if (train == null) {
            faults.add(new Problem.Fault("trainCutoff", "missing", "a date or an instant"));
        }
        if (test == null) {
            faults.add(new Problem.Fault("testCutoff", "missing", "a date or an instant"));
        }
        if (!faults.isEmpty() || horizon == null || train == null || test == null) {
            throw Problem.invalid(
                    faults.getFirst().field() + ": " + faults.getFirst().detail(), faults);
        }
        ModelName model = task.orElseThrow();
        int days = model.labelDays(horizon);
        Evaluation.Split split = new Evaluation.Split(
                train, test, Cutoff.parse(train, "trainCutoff"), Cutoff.parse(test, "testCutoff"), days);
        int least = model.leastLabelDays(2);
        if (split.labelDays() < least) {
            throw Problem.invalid("testCutoff", "out-of-range", "at least " + least + " days after trainCutoff");
        }
        int reach = ModelVersion.Window.reachDays(split.labelDays());
        if (model.anyHorizon() && days > reach) {
            throw Problem.invalid(
                    "horizonDays",
                    "out-of-range",
                    "the outcomes between the cutoffs go over %d days and say nothing of the next %d: at most of %d"
                            .formatted(split.labelDays(), days, reach));
        }
        if (split.testAt().plus(Duration.ofDays(days)).isAfter(clock.instant())) {
            throw Problem.invalid(
                    "horizonDays",
                    "out-of-range",
                    "the horizon after testCutoff is not over yet, so nothing can be scored");
        }
        return split;
    }

    @PostMapping("/v1/evaluations/{id}/cancel")
    @Operation(
            summary = "Cancel an evaluation that has not ended",
            description =
                    "At once, whatever it is at. Cancelling it again changes nothing; one that is done or failed is a"
                            + " 409 (job-ended).")
    Answer cancel(@PathVariable String id) {
        return Answer.of(cancellation.cancel(Evaluation.KIND, id));
    }

    @GetMapping("/v1/evaluations/{id}")
    @Operation(summary = "How far an evaluation is, and its result")
    Answer find(@PathVariable String id) {
        return jobs.find(Evaluation.KIND, id)
                .map(Answer::of)
                .orElseThrow(() -> Problem.notFound("unknown-evaluation", "There is no evaluation of this id."));
    }
}
