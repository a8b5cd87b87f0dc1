package winback.prediction.models;

import java.util.Arrays;
import java.util.Optional;
import winback.contracts.TrainingRow;

/** The questions that models answer. */
public enum ModelName {
    /** Probability in [0, 1] of no order and no visit within the horizon. */
    CHURN("churn", 30),
    /** Expected spend within the horizon, in the deployment's currency, ≥ 0. */
    VALUE("value", 365),
    /** Probability in [0, 1] that the next mail is opened or clicked within the horizon after its delivery. */
    ENGAGEMENT("engagement", TrainingRow.Labels.RESPONSE_DAYS);

    /** A month, since many shops mail monthly. */
    private static final int NEXT_MAIL_WITHIN_DAYS = 30;

    /** A week in which the next mail may come, and a week to answer it. */
    private static final int LEAST_DAYS_OF_ENGAGEMENT = 2 * TrainingRow.Labels.RESPONSE_DAYS;

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

    /** Whether scores mean another number of days when one asks for it. */
    public boolean anyHorizon() {
        return this != ENGAGEMENT;
    }

    /** Whether outcomes are 0 or 1 and scores the probability of 1; else both are amounts ≥ 0. */
    public boolean isProbability() {
        return this != VALUE;
    }

    /**
     * The days after a cutoff in which the outcomes are that scores over so many days predict: for engagement the horizon
     * begins with the next mail, wherever in the month after the cutoff that is.
     */
    public int labelDays(int horizonDays) {
        return this == ENGAGEMENT ? NEXT_MAIL_WITHIN_DAYS + horizonDays : horizonDays;
    }

    /** @param others the least for models whose horizon begins at the cutoff */
    public int leastLabelDays(int others) {
        return this == ENGAGEMENT ? Math.max(LEAST_DAYS_OF_ENGAGEMENT, others) : others;
    }

    public static Optional<ModelName> ofWireName(String wireName) {
        return Arrays.stream(values())
                .filter(name -> name.wireName.equals(wireName))
                .findFirst();
    }
}
