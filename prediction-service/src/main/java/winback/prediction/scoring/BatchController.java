package winback.prediction.scoring;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import winback.contracts.ScoresChanged.Score;
import winback.prediction.models.Floats;
import winback.prediction.models.ModelName;

/** Many at once, by the live models and from the newest vectors at hand; nothing is kept or published. */
@RestController
@Tag(name = "Predictions")
class BatchController {

    private final Scores scores;
    private final LiveModels models;
    private final Clock clock;

    BatchController(Scores scores, LiveModels models, Clock clock) {
        this.scores = scores;
        this.models = models;
        this.clock = clock;
    }

    /** What is wrong with one entry; the others are answered. */
    record Fault(String code, String detail) {}

    /**
     * @param subscriberId absent when a vector was given
     * @param scores by model name; absent with {@code problem}
     * @param priors what is believed of anybody, of models that gave no score; absent when all did, and with {@code problem}
     * @param featuresAsOf the instant that the features describe; absent when a vector was given
     * @param detail why scores or their intervals are missing; absent when none is
     * @param problem absent unless the subscriber is unknown
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Prediction(
            @Nullable String subscriberId,
            @Nullable Map<String, Score> scores,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Priors.Prior> priors,
            @Nullable Instant featuresAsOf,
            @Nullable String detail,
            @Nullable Fault problem) {}

    /** @param predictions in the order in which they were asked for */
    record Answer(Instant scoredAt, List<Prediction> predictions) {}

    @PostMapping("/v1/predictions")
    @Operation(
            summary = "Scores of up to 1,000 subscribers or vectors, now",
            description = "By the live models, over any horizon. An id that is not known is told in its place and fails"
                    + " no other. Needs the role read.")
    Answer predict(@RequestBody PredictionRequest request) {
        request.check(models.schemas());
        return request.subscriberIds() == null
                ? ofVectors(vectors(Objects.requireNonNull(request.vectors())), request.horizonDays())
                : ofSubscribers(
                        request.subscriberIds().stream()
                                .map(Objects::requireNonNull)
                                .toList(),
                        request.horizonDays());
    }

    private Answer ofSubscribers(List<String> ids, @Nullable Integer days) {
        Map<String, Scores.Kept> kept = scores.find(new HashSet<>(ids));
        List<Vector> vectors = kept.values().stream().map(Scores.Kept::vector).toList();
        List<Map<String, Score>> scored = models.score(vectors, days).scores();
        Map<String, Prediction> known = new HashMap<>();
        for (int i = 0; i < vectors.size(); i++) {
            Vector vector = vectors.get(i);
            known.put(
                    vector.subscriberId(),
                    prediction(vector.subscriberId(), vector.featuresAsOf(), vector, scored.get(i), days));
        }
        List<Prediction> predictions = new ArrayList<>(ids.size());
        for (String id : ids) {
            Prediction prediction = known.get(id);
            predictions.add(
                    prediction == null
                            ? new Prediction(
                                    id,
                                    null,
                                    Map.of(),
                                    null,
                                    null,
                                    new Fault("unknown-subscriber", "There is no subscriber of this id."))
                            : prediction);
        }
        return new Answer(clock.instant(), predictions);
    }

    private Answer ofVectors(List<Vector> vectors, @Nullable Integer days) {
        List<Map<String, Score>> scored = models.score(vectors, days).scores();
        List<Prediction> predictions = new ArrayList<>(vectors.size());
        for (int i = 0; i < vectors.size(); i++) {
            predictions.add(prediction(null, null, vectors.get(i), scored.get(i), days));
        }
        return new Answer(clock.instant(), predictions);
    }

    private Prediction prediction(
            @Nullable String id,
            @Nullable Instant asOf,
            Vector vector,
            Map<String, Score> scored,
            @Nullable Integer days) {
        String missing = Arrays.stream(ModelName.values())
                .flatMap(name -> scored.containsKey(name.wireName())
                        ? days == null ? Stream.empty() : models.tooFar(name, days).stream()
                        : Stream.of(models.whyNot(name, vector)))
                .collect(Collectors.joining(" "));
        return new Prediction(
                id, scored, Priors.beside(scored.keySet()), asOf, missing.isEmpty() ? null : missing, null);
    }

    private List<Vector> vectors(List<PredictionRequest.@Nullable Raw> raws) {
        List<Vector> vectors = new ArrayList<>(raws.size());
        for (PredictionRequest.Raw raw : raws) {
            PredictionRequest.Raw given = Objects.requireNonNull(raw);
            vectors.add(new Vector(
                    "",
                    0,
                    clock.instant(),
                    Objects.requireNonNull(given.featureSchema()),
                    numbers(Objects.requireNonNull(given.features())),
                    periods(given.periods())));
        }
        return vectors;
    }

    private static byte[] periods(@Nullable List<@Nullable List<@Nullable Double>> given) {
        return given == null
                ? new byte[0]
                : Floats.toBytes(Floats.flat(given.stream()
                        .map(period -> numbers(Objects.requireNonNull(period)))
                        .toArray(float[][]::new)));
    }

    private static float[] numbers(List<@Nullable Double> given) {
        float[] numbers = new float[given.size()];
        for (int j = 0; j < numbers.length; j++) {
            Double value = given.get(j);
            numbers[j] = value == null ? Float.NaN : value.floatValue();
        }
        return numbers;
    }
}
