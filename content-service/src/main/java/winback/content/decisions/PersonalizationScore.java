package winback.content.decisions;

import java.util.ArrayList;
import java.util.List;

/**
 * How much of what can be personalised was, in [0, 1]: the weighted mean of the parts that apply.
 *
 * <pre>
 * part           weight  value                                                       applies
 * traits           .35   traits of the template that the subscriber has / all        the template uses any
 * features         .20   1 if known and fresh, else 0                                always
 * scores           .20   fresh scores of {churn, value} / 2                          always
 * send time        .15   own observations / 5, at most 1                             always
 * policy           .10   1 − normalised entropy of the arm probabilities             more than one live variant
 * </pre>
 *
 * The weights are a convention, chosen so that what the reader sees counts most; only their order is meant seriously.
 *
 * @param freshScores how many of churn and value are known and fresh, 0 to 2
 * @param arms live variants, ≥ 1
 * @param certainty of the policy, in [0, 1]
 */
record PersonalizationScore(
        int traitsUsed,
        int traitsPresent,
        boolean freshFeatures,
        int freshScores,
        long observations,
        int arms,
        double certainty) {

    private static final double TRAITS = .35;
    private static final double FEATURES = .20;
    private static final double SCORES = .20;
    private static final double SEND_TIME = .15;
    private static final double POLICY = .10;
    /** Responses from which on the subscriber's own hours outweigh everybody's. */
    private static final double ENOUGH_OBSERVATIONS = 5;

    private static final int MODELS = 2;

    /**
     * One part that applies.
     *
     * @param name {@code traits}, {@code features}, {@code scores}, {@code send-time} or {@code policy}
     * @param weight before the weights are brought to a sum of 1
     * @param value in [0, 1]
     */
    record Part(String name, double weight, double value) {}

    /** In [0, 1], to millionths. */
    double value() {
        double sum = FEATURES * features() + SCORES * scores() + SEND_TIME * sendTime();
        double weights = FEATURES + SCORES + SEND_TIME;
        if (traitsUsed > 0) {
            sum += TRAITS * traits();
            weights += TRAITS;
        }
        if (arms > 1) {
            sum += POLICY * certainty;
            weights += POLICY;
        }
        return Math.round(sum / weights * 1e6) / 1e6;
    }

    /** Those that apply; their weighted mean is {@link #value}. */
    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        if (traitsUsed > 0) {
            parts.add(new Part("traits", TRAITS, traits()));
        }
        parts.add(new Part("features", FEATURES, features()));
        parts.add(new Part("scores", SCORES, scores()));
        parts.add(new Part("send-time", SEND_TIME, sendTime()));
        if (arms > 1) {
            parts.add(new Part("policy", POLICY, certainty));
        }
        return parts;
    }

    private double traits() {
        return (double) traitsPresent / traitsUsed;
    }

    private double features() {
        return freshFeatures ? 1 : 0;
    }

    private double scores() {
        return (double) freshScores / MODELS;
    }

    private double sendTime() {
        return Math.min(1, observations / ENOUGH_OBSERVATIONS);
    }
}
