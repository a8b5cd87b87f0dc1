package winback.prediction.scoring;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.contracts.ScoresChanged;
import winback.contracts.ScoresChanged.Score;
import winback.prediction.explanation.Explanation;
import winback.prediction.explanation.Language;
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
     * @param lower end of the model's interval, absent when it gives none
     * @param calibratedAt when the version was fitted and calibrated; absent in scores of an older release
     * @param explanation when it was asked for
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Told(
            double value,
            int horizonDays,
            @Nullable Double lower,
            @Nullable Double upper,
            String modelVersion,
            @Nullable Instant calibratedAt,
            @Nullable Explanation explanation) {

        static Told of(Score score, @Nullable Explanation explanation) {
            return new Told(
                    score.value(),
                    score.horizonDays(),
                    score.lower(),
                    score.upper(),
                    score.modelVersion(),
                    score.calibratedAt(),
                    explanation);
        }
    }

    /**
     * @param scores by model name; absent ones are explained in {@code detail}
     * @param priors what is believed of anybody, of models that gave no score; empty when all did
     * @param scoredAt absent before the first scoring
     * @param featuresAsOf the instant that the scored features describe
     * @param detail why scores or their explanations are missing; absent when none is
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            String subscriberId,
            Map<String, Told> scores,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Priors.Prior> priors,
            @Nullable Instant scoredAt,
            Instant featuresAsOf,
            @Nullable String detail) {}

    @GetMapping("/v1/subscribers/{id}/predictions")
    @Operation(
            summary = "The current scores of a subscriber",
            description = "With explain=true each score comes with what moved it most away from the usual customer's,"
                    + " in words: margin = base + contributions + rest (+ other, of members that cannot tell)."
                    + " Where there is no score, priors tell what is believed of anybody.")
    ResponseEntity<Answer> find(
            @PathVariable String id,
            @RequestParam(defaultValue = "false") boolean explain,
            @Parameter(description = "en or es; else by Accept-Language, else en")
                    @RequestParam(required = false)
                    @Nullable
                    String language,
            @Parameter(hidden = true) @RequestHeader(name = HttpHeaders.ACCEPT_LANGUAGE, required = false) @Nullable
                    String accepted) {
        Language told = language == null
                ? Language.of(accepted)
                : Language.ofTag(language)
                        .orElseThrow(() -> Problem.invalid("language", "wrong-value", "expected en or es"));
        Scores.Kept kept = scores.find(id)
                .orElseThrow(() -> Problem.notFound("unknown-subscriber", "There is no subscriber of this id."));
        ScoresChanged last = kept.scores();
        Map<String, Score> known = last == null ? Map.of() : last.scores();
        Map<String, Told> answered = new TreeMap<>();
        List<String> missing = new ArrayList<>();
        known.forEach((name, score) -> {
            Explanation why = explain ? explanation(name, score, kept, told) : null;
            answered.put(name, Told.of(score, why));
            if (explain && why == null) {
                missing.add(score.modelVersion() + " does not explain its score, or is no longer served.");
            }
        });
        Arrays.stream(ModelName.values())
                .filter(name -> !known.containsKey(name.wireName()))
                .map(name -> models.whyNot(name, kept.vector()))
                .forEach(missing::add);
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        if (explain) {
            answer.header(HttpHeaders.CONTENT_LANGUAGE, told.tag()).varyBy(HttpHeaders.ACCEPT_LANGUAGE);
        }
        return answer.body(new Answer(
                id,
                answered,
                Priors.beside(known.keySet()),
                known.isEmpty() || last == null ? null : last.scoredAt(),
                known.isEmpty() || last == null ? kept.vector().featuresAsOf() : last.featuresAsOf(),
                missing.isEmpty() ? null : String.join(" ", missing)));
    }

    /** Of a score that was made from the vector at hand, which both change in one transaction. */
    private @Nullable Explanation explanation(String model, Score score, Scores.Kept kept, Language language) {
        return ModelName.ofWireName(model)
                .flatMap(name -> models.explain(name, score.modelVersion(), kept.vector(), language))
                .orElse(null);
    }
}
