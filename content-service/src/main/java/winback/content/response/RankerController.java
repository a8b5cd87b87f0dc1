package winback.content.response;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import winback.content.drafts.Strategy;

@RestController
@RequestMapping("/v1/ranker")
@Tag(name = "Ranker")
class RankerController {

    /**
     * @param effect on the logit of a success
     * @param share of a generation
     */
    record Effect(double effect, double lower, double upper, double share) {}

    /**
     * @param version absent while none has won, so that drafts are ordered by their rubric
     * @param strategies effects with intervals of 95 %
     */
    record View(
            @Nullable Integer version,
            @Nullable Instant trainedAt,
            @Nullable LocalDate learnedUntil,
            @Nullable Comparison comparison,
            Map<String, Effect> strategies) {}

    private static final double TWO_SIDED = 1.96;

    private final Ranker ranker;
    private final ResponseTables tables;

    RankerController(Ranker ranker, ResponseTables tables) {
        this.ranker = ranker;
        this.tables = tables;
    }

    @GetMapping
    @Operation(summary = "What orders drafts before anybody has received them, and how it was chosen")
    View get() {
        return tables.live()
                .map(version -> new View(
                        version.version(),
                        version.trainedAt(),
                        version.learnedUntil(),
                        version.comparison(),
                        effects(version.model())))
                .orElseGet(() -> new View(null, null, null, null, Map.of()));
    }

    private static Map<String, Effect> effects(ResponseModel model) {
        Map<Strategy, Double> shares = Ranker.shares(model);
        Map<String, Effect> effects = new LinkedHashMap<>();
        for (Strategy strategy : Strategy.values()) {
            int at = Features.of(strategy);
            double effect = model.weights()[at];
            double margin = TWO_SIDED * model.deviations()[at];
            effects.put(
                    strategy.word(),
                    new Effect(effect, effect - margin, effect + margin, shares.getOrDefault(strategy, 0.)));
        }
        return effects;
    }

    @PostMapping("/trainings")
    @Operation(summary = "Learn now from all answers; done once a day by itself")
    Comparison train() {
        return ranker.train();
    }
}
