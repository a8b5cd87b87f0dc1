package winback.prediction.scoring;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.contracts.ScoresChanged;
import winback.contracts.ScoresChanged.Score;
import winback.prediction.models.ModelName;

@RestController
@Tag(name = "Predictions")
class PredictionController {

    private final Scores scores;
    private final LiveModels models;

    PredictionController(Scores scores, LiveModels models) {
        this.scores = scores;
        this.models = models;
    }

    /**
     * @param scores by model name; absent ones are explained in {@code detail}
     * @param scoredAt absent before the first scoring
     * @param featuresAsOf the instant that the scored features describe
     * @param detail why scores are missing; absent when none is
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            String subscriberId,
            Map<String, Score> scores,
            @Nullable Instant scoredAt,
            Instant featuresAsOf,
            @Nullable String detail) {}

    @GetMapping("/v1/subscribers/{id}/predictions")
    @Operation(summary = "The current scores of a subscriber")
    Answer find(@PathVariable String id) {
        Scores.Kept kept = scores.find(id)
                .orElseThrow(() -> Problem.notFound("unknown-subscriber", "There is no subscriber of this id."));
        ScoresChanged last = kept.scores();
        Map<String, Score> known = last == null ? Map.of() : last.scores();
        String missing = Arrays.stream(ModelName.values())
                .filter(name -> !known.containsKey(name.wireName()))
                .map(name -> models.whyNot(name, kept.vector().featureSchema()))
                .collect(Collectors.joining(" "));
        return new Answer(
                id,
                known,
                known.isEmpty() || last == null ? null : last.scoredAt(),
                known.isEmpty() || last == null ? kept.vector().featuresAsOf() : last.featuresAsOf(),
                missing.isEmpty() ? null : missing);
    }
}
