package winback.prediction.scoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import winback.chassis.problems.Problem;
import winback.chassis.problems.Problem.Fault;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.ModelOptions;

/**
 * Whom or what to score: subscribers or vectors, one of the two.
 *
 * @param subscriberIds 1 to 1,000
 * @param vectors 1 to 1,000
 * @param horizonDays what the scores shall refer to, 1 to 3,660; absent means each model's own horizon
 */
record PredictionRequest(
        @Nullable List<@Nullable String> subscriberIds,
        @Nullable List<@Nullable Raw> vectors,
        @Nullable Integer horizonDays) {

    /**
     * @param featureSchema fingerprint of the schema that the features are of, see {@code GET /v1/features}
     * @param features in the schema's order, unscaled; null means unknown
     * @param periods the last 12 periods, oldest first, each with the same columns, see {@code GET /v1/features};
     *     absent when they are not known, which only models mind that look at them
     */
    record Raw(
            @Nullable String featureSchema,
            @Nullable List<@Nullable Double> features,
            @Nullable List<@Nullable List<@Nullable Double>> periods) {}

    private static final int PERIODS = 12;

    /** Some two hundred years. */
    private static final int MOST_DAYS = 73_000;

    /** Both are rounded to floats, so the one may exceed the other by a hair. */
    private static final double ROUNDED = .01;

    /** More columns has no release. */
    private static final int MOST_COLUMNS = 100;

    static final int MOST = 1_000;

    private static final int MAX_ID = 255;

    /** More would be the same over and over. */
    private static final int MOST_FAULTS = 100;

    /**
     * @param schemas of the live models, by version
     * @throws Problem with the places of what is wrong
     */
    void check(Map<String, FeatureSchema> schemas) {
        List<Fault> faults = new ArrayList<>();
        if (horizonDays != null && (horizonDays < 1 || horizonDays > ModelOptions.MAX_HORIZON_DAYS)) {
            faults.add(new Fault("horizonDays", "wrong-value", "must be 1 to " + ModelOptions.MAX_HORIZON_DAYS));
        }
        if ((subscriberIds == null) == (vectors == null)) {
            faults.add(new Fault("subscriberIds", "one-of-two", "give either subscriberIds or vectors"));
        } else if (subscriberIds != null) {
            checkSize("subscriberIds", subscriberIds.size(), faults);
            for (int i = 0; i < Math.min(MOST, subscriberIds.size()); i++) {
                String id = subscriberIds.get(i);
                if (id == null || id.isBlank() || id.length() > MAX_ID) {
                    faults.add(new Fault(
                            "subscriberIds[" + i + "]", "wrong-value", "must have 1 to " + MAX_ID + " characters"));
                }
            }
        } else if (vectors != null) {
            checkSize("vectors", vectors.size(), faults);
            for (int i = 0; i < Math.min(MOST, vectors.size()); i++) {
                check("vectors[" + i + "]", vectors.get(i), schemas, faults);
            }
        }
        if (!faults.isEmpty()) {
            throw Problem.invalid(
                    faults.getFirst().field() + ": " + faults.getFirst().detail(),
                    faults.subList(0, Math.min(MOST_FAULTS, faults.size())));
        }
    }

    private static void checkSize(String field, int size, List<Fault> faults) {
        if (size == 0 || size > MOST) {
            faults.add(new Fault(field, "wrong-size", "must have 1 to " + MOST + " entries, not " + size));
        }
    }

    private static void check(String place, @Nullable Raw raw, Map<String, FeatureSchema> schemas, List<Fault> faults) {
        if (raw == null || raw.featureSchema() == null || raw.features() == null) {
            faults.add(new Fault(place, "incomplete", "must be an object with featureSchema and features"));
            return;
        }
        List<FeatureSchema> fitting = schemas.values().stream()
                .filter(schema -> schema.fingerprint().equals(raw.featureSchema()))
                .toList();
        if (fitting.isEmpty() && !schemas.isEmpty()) {
            faults.add(new Fault(
                    place + ".featureSchema",
                    "other-schema",
                    schemas.entrySet().stream()
                            .map(live -> live.getKey() + " was fitted on "
                                    + live.getValue().fingerprint())
                            .collect(Collectors.joining(", ", "no model takes it: ", ""))));
            return;
        }
        int expected = fitting.isEmpty()
                ? raw.features().size()
                : fitting.getFirst().names().size();
        if (raw.features().size() != expected) {
            faults.add(new Fault(
                    place + ".features",
                    "wrong-size",
                    "must have " + expected + " numbers, not " + raw.features().size()));
            return;
        }
        checkNumbers(place + ".features", raw.features(), faults);
        if (!fitting.isEmpty()) {
            checkHistory(place + ".features", raw.features(), fitting.getFirst(), faults);
        }
        if (raw.periods() != null) {
            checkPeriods(place + ".periods", raw.periods(), faults);
        }
    }

    /** No customer's days contradict each other; a model would make something of those that do. */
    private static void checkHistory(
            String place, List<@Nullable Double> features, FeatureSchema schema, List<Fault> faults) {
        for (String count : FeatureSchema.COUNTS) {
            Double value = features.get(schema.column(count));
            if (value != null && !(value >= 0 && value <= MOST_DAYS)) {
                faults.add(new Fault(
                        place + "[" + schema.column(count) + "]",
                        "wrong-value",
                        count + " must be null or 0 to " + MOST_DAYS));
            }
        }
        Double sinceFirst = features.get(schema.column(FeatureSchema.DAYS_SINCE_FIRST_ORDER));
        for (String within : List.of(FeatureSchema.DAYS_SINCE_LAST_ORDER, FeatureSchema.DAYS_FIRST_TO_LAST_ORDER)) {
            Double value = features.get(schema.column(within));
            if (value != null && sinceFirst != null && value > sinceFirst + ROUNDED) {
                faults.add(new Fault(
                        place + "[" + schema.column(within) + "]",
                        "wrong-value",
                        within + " must not exceed " + FeatureSchema.DAYS_SINCE_FIRST_ORDER));
            }
        }
    }

    private static void checkPeriods(String place, List<@Nullable List<@Nullable Double>> periods, List<Fault> faults) {
        List<@Nullable Double> first = periods.isEmpty() ? null : periods.getFirst();
        if (periods.size() != PERIODS || first == null || first.isEmpty() || first.size() > MOST_COLUMNS) {
            faults.add(new Fault(
                    place, "wrong-size", "must have " + PERIODS + " lists, each of 1 to " + MOST_COLUMNS + " numbers"));
            return;
        }
        for (int period = 0; period < PERIODS; period++) {
            List<@Nullable Double> numbers = periods.get(period);
            if (numbers == null || numbers.size() != first.size()) {
                faults.add(new Fault(
                        place + "[" + period + "]",
                        "wrong-size",
                        "must have " + first.size() + " numbers as the first"));
            } else {
                checkNumbers(place + "[" + period + "]", numbers, faults);
            }
        }
    }

    private static void checkNumbers(String place, List<@Nullable Double> numbers, List<Fault> faults) {
        for (int j = 0; j < numbers.size(); j++) {
            Double value = numbers.get(j);
            if (value != null && !Float.isFinite(value.floatValue())) {
                faults.add(new Fault(
                        place + "[" + j + "]", "wrong-value", "must be null or a number below 3.4e38 in size"));
            }
        }
    }
}
