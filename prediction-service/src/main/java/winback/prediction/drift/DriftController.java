package winback.prediction.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.prediction.alerts.Alert;
import winback.prediction.alerts.Alerts;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelVersion;
import winback.prediction.models.Registry;

@RestController
@Tag(name = "Drift")
class DriftController {

    private final Registry registry;
    private final References references;
    private final Drift drift;
    private final Outcomes outcomes;
    private final Checks checks;
    private final Alerts alerts;

    DriftController(
            Registry registry, References references, Drift drift, Outcomes outcomes, Checks checks, Alerts alerts) {
        this.registry = registry;
        this.references = references;
        this.drift = drift;
        this.outcomes = outcomes;
        this.checks = checks;
        this.alerts = alerts;
    }

    /**
     * @param version that is served; absent when none is
     * @param detail why there is nothing to compare; absent when there is
     * @param reference what is compared with
     * @param population what the version sees and says now; absent before the first check
     * @param outcomes what became of what it predicted; absent before the first comparison
     * @param outcomesDetail why there can be no comparison yet; absent when there can
     * @param alerts those of the model that are open, oldest first
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            String model,
            @Nullable String version,
            @Nullable String detail,
            @Nullable Window reference,
            @Nullable Figures population,
            Outcomes.@Nullable Compared outcomes,
            @Nullable String outcomesDetail,
            List<Alert> alerts) {}

    /**
     * @param asOf the customers that the version was fitted on were counted as of this instant
     * @param rows so many of them
     * @param comparedWithDays before {@code asOf}, of the rows by which it was judged what is usual
     */
    @SuppressWarnings("ArrayRecordComponent") // for JSON; compared nowhere
    record Window(Instant asOf, int rows, double[] comparedWithDays) {}

    @GetMapping("/v1/models/{name}/drift")
    @Operation(summary = "How far the customers and scores of the live version have come from those it was fitted on")
    Answer find(
            @PathVariable String name,
            @Parameter(description = "how many features, worst first; 0 to " + Figures.KEPT)
                    @RequestParam(defaultValue = "20")
                    int features) {
        ModelName model = named(name);
        bounded(features);
        return answer(model, registry.live(model), features);
    }

    @PostMapping("/v1/models/{name}/drift")
    @Operation(summary = "Compare now instead of on schedule")
    Answer check(@PathVariable String name, @RequestParam(defaultValue = "20") int features) {
        ModelName model = named(name);
        bounded(features);
        Optional<ModelVersion> live = registry.live(model);
        live.ifPresent(drift::check);
        return answer(model, live, features);
    }

    private Answer answer(ModelName model, Optional<ModelVersion> live, int features) {
        List<Alert> open = alerts.open(model);
        if (live.isEmpty()) {
            return new Answer(
                    model.wireName(),
                    null,
                    "No " + model.wireName() + " model is live; train one.",
                    null,
                    null,
                    null,
                    null,
                    open);
        }
        ModelVersion version = live.get();
        Optional<Reference> reference = references.find(version.version());
        return new Answer(
                model.wireName(),
                version.version(),
                reference.isPresent()
                        ? null
                        : version.version()
                                + " was trained by a release that did not keep what it was fitted on; train it again.",
                reference
                        .map(known -> new Window(known.asOf(), known.rows(), known.days()))
                        .orElse(null),
                checks.result(version.version(), Checks.Kind.POPULATION, Figures.class)
                        .map(figures -> figures.worst(features))
                        .orElse(null),
                checks.result(version.version(), Checks.Kind.OUTCOMES, Outcomes.Compared.class)
                        .orElse(null),
                outcomes.known(version).isPresent() ? null : Outcomes.unknown(version),
                open);
    }

    private static void bounded(int features) {
        if (features < 0 || features > Figures.KEPT) {
            throw Problem.invalid("features", "out-of-range", "0 to " + Figures.KEPT);
        }
    }

    static ModelName named(String name) {
        return ModelName.ofWireName(name)
                .orElseThrow(() -> Problem.notFound("unknown-model", "There is no model of this name."));
    }
}
