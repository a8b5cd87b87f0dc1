package winback.prediction.training;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.prediction.models.Importance;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelVersion;
import winback.prediction.models.Registry;
import winback.prediction.rollout.CanaryPromotion;
import winback.prediction.rollout.Rollouts;
import winback.prediction.scoring.LiveModels;

@RestController
@Tag(name = "Models")
class ModelController {

    private final Registry registry;
    private final Rollouts rollouts;
    private final CanaryPromotion promotion;
    private final Schedule schedule;
    private final LiveModels models;

    ModelController(
            Registry registry, Rollouts rollouts, CanaryPromotion promotion, Schedule schedule, LiveModels models) {
        this.registry = registry;
        this.rollouts = rollouts;
        this.promotion = promotion;
        this.schedule = schedule;
        this.models = models;
    }

    /** @param nextTrainingAt when it is trained again by itself; absent when it is not */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Summary(
            String name,
            int defaultHorizonDays,
            int versions,
            @Nullable Version live,
            @Nullable Canary canary,
            @Nullable Instant nextTrainingAt) {}

    /**
     * @param state whether it gives scores here, see {@link LiveModels.State}
     * @param share of the subscribers
     * @param promotedAt when it goes live by itself
     * @param heldBy what keeps it from that; absent when nothing does
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Canary(
            String version,
            String state,
            double share,
            Instant from,
            @Nullable Instant promotedAt,
            @Nullable String heldBy) {}

    /**
     * @param recipe {@code ensemble}, or {@code mission}
     * @param live whether it is the live version
     * @param state whether it gives scores here, see {@link LiveModels.State}; absent when it is not served
     * @param stateDetail why it gives none; absent when it does
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Version(
            String version,
            String recipe,
            ModelVersion.Lineage lineage,
            boolean live,
            @Nullable String state,
            @Nullable String stateDetail,
            String verdict,
            Instant createdAt,
            int horizonDays,
            ModelVersion.Window window,
            String featureSchema,
            @Nullable List<String> featureNames,
            Map<String, Object> parameters,
            Map<String, Object> metrics,
            Importance.@Nullable Basis importanceBasis,
            @Nullable List<Importance.Group> importanceByGroup) {

        static Version of(ModelVersion version, LiveModels.@Nullable State state, boolean withNames) {
            Importance importance = version.importance();
            return new Version(
                    version.version(),
                    version.recipe(),
                    version.lineage(),
                    version.live(),
                    state == null ? null : state.name(),
                    state == null ? null : state.detail(),
                    version.verdict(),
                    version.createdAt(),
                    version.horizonDays(),
                    version.window(),
                    version.schema().fingerprint(),
                    withNames ? version.schema().names() : null,
                    version.parameters(),
                    version.metrics(),
                    importance == null ? null : importance.basis(),
                    importance == null ? null : importance.groups());
        }
    }

    record Listing(List<Summary> models) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Detail(
            String name, int defaultHorizonDays, @Nullable String live, List<Version> versions) {}

    @GetMapping("/v1/models")
    @Operation(summary = "All models and the version of each that is served")
    Listing list() {
        List<ModelVersion> all = registry.all();
        Set<String> served = served();
        return new Listing(Arrays.stream(ModelName.values())
                .map(name -> {
                    List<ModelVersion> versions = all.stream()
                            .filter(version -> version.name() == name)
                            .toList();
                    return new Summary(
                            name.wireName(),
                            name.defaultHorizonDays(),
                            versions.size(),
                            versions.stream()
                                    .filter(ModelVersion::live)
                                    .findFirst()
                                    .map(version -> of(version, served, false))
                                    .orElse(null),
                            rollouts.canary(name).map(this::canary).orElse(null),
                            schedule.next(name).orElse(null));
                })
                .toList());
    }

    private Version of(ModelVersion version, Set<String> served, boolean withNames) {
        boolean asked = served.contains(version.version());
        return Version.of(version, asked ? models.state(version.version()) : null, withNames);
    }

    private Set<String> served() {
        return rollouts.now().stream().map(Rollouts.Serving::version).collect(Collectors.toSet());
    }

    private Canary canary(Rollouts.Serving canary) {
        return new Canary(
                canary.version(),
                models.state(canary.version()).name(),
                canary.share(),
                canary.from(),
                canary.promotedAt(),
                promotion.against(canary).orElse(null));
    }

    @GetMapping("/v1/models/{name}")
    @Operation(summary = "All versions of a model, newest first")
    Detail find(@PathVariable String name) {
        ModelName model = named(name);
        List<ModelVersion> versions = registry.versions(model);
        Set<String> served = served();
        return new Detail(
                model.wireName(),
                model.defaultHorizonDays(),
                versions.stream()
                        .filter(ModelVersion::live)
                        .findFirst()
                        .map(ModelVersion::version)
                        .orElse(null),
                versions.stream().map(version -> of(version, served, true)).toList());
    }

    @GetMapping("/v1/models/{name}/versions/{version}")
    @Operation(summary = "One version: what it learned from and how, what it replaced, and how good it is")
    Version version(@PathVariable String name, @PathVariable String version) {
        return registry.find(named(name), version)
                .map(found -> of(found, served(), true))
                .orElseThrow(() -> Problem.notFound("unknown-version", "There is no such version of this model."));
    }

    static ModelName named(String name) {
        return ModelName.ofWireName(name)
                .orElseThrow(() -> Problem.notFound("unknown-model", "The models are churn, value and engagement."));
    }
}
