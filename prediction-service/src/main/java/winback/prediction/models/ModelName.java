package winback.prediction.models;

import java.util.Arrays;
import java.util.Optional;

/** The questions that models answer. */
public enum ModelName {
    /** Probability in [0, 1] of no order within the horizon. */
    CHURN("churn", 30),
    /** Expected spend within the horizon, in the deployment's currency, ≥ 0. */
    VALUE("value", 365);

    private final String wireName;
    private final int defaultHorizonDays;

    ModelName(String wireName, int defaultHorizonDays) {
        this.wireName = wireName;
        this.defaultHorizonDays = defaultHorizonDays;
    }

    /** Such as {@code churn}: in paths, scores and versions. */
    public String wireName() {
        return wireName;
    }

    /** What scores refer to unless a training says otherwise. */
    public int defaultHorizonDays() {
        return defaultHorizonDays;
    }

    public static Optional<ModelName> ofWireName(String wireName) {
        return Arrays.stream(values())
                .filter(name -> name.wireName.equals(wireName))
                .findFirst();
    }
}
