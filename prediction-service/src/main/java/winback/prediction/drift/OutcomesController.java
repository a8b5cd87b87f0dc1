package winback.prediction.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.prediction.jobs.Job;
import winback.prediction.jobs.Jobs;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelVersion;
import winback.prediction.models.Registry;

@RestController
@Tag(name = "Drift")
class OutcomesController {

    private final Registry registry;
    private final Outcomes outcomes;
    private final Jobs jobs;

    OutcomesController(Registry registry, Outcomes outcomes, Jobs jobs) {
        this.registry = registry;
        this.outcomes = outcomes;
        this.jobs = jobs;
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            String outcomesId,
            String model,
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

    @PostMapping("/v1/models/{name}/outcomes")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "Compare what the live version predicted with what happened; while one runs, it is answered")
    ResponseEntity<Answer> request(@PathVariable String name) {
        ModelName model = DriftController.named(name);
        ModelVersion live = registry.live(model)
                .orElseThrow(() ->
                        Problem.conflict("no-live-model", "No " + model.wireName() + " model is live; train one."));
        Outcomes.Asked asked =
                outcomes.known(live).orElseThrow(() -> Problem.conflict("no-outcomes-yet", Outcomes.unknown(live)));
        Job job = outcomes.ask(live, asked);
        return ResponseEntity.accepted()
                .location(URI.create("/v1/outcomes/" + job.id()))
                .body(Answer.of(job));
    }

    @GetMapping("/v1/outcomes/{id}")
    @Operation(summary = "How far a comparison with what happened is, and its result")
    Answer find(@PathVariable String id) {
        return jobs.find(Outcomes.KIND, id)
                .map(Answer::of)
                .orElseThrow(() -> Problem.notFound("unknown-outcomes", "There is no comparison of this id."));
    }
}
