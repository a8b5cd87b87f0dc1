package winback.content.decisions;

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
 */
final class PersonalizationScore {

    private static final double TRAITS = .35;
    private static final double FEATURES = .20;
    private static final double SCORES = .20;
    private static final double SEND_TIME = .15;
    private static final double POLICY = .10;
    /** Responses from which on the subscriber's own hours outweigh everybody's. */
    private static final double ENOUGH_OBSERVATIONS = 5;

    private PersonalizationScore() {}

    /**
     * @param freshScores how many of churn and value are known and fresh, 0 to 2
     * @param certainty of the policy, in [0, 1]
     */
    static double of(
            int traitsUsed,
            int traitsPresent,
            boolean freshFeatures,
            int freshScores,
            long observations,
            int arms,
            double certainty) {
        double sum = FEATURES * (freshFeatures ? 1 : 0)
                + SCORES * freshScores / 2
                + SEND_TIME * Math.min(1, observations / ENOUGH_OBSERVATIONS);
        double weights = FEATURES + SCORES + SEND_TIME;
        if (traitsUsed > 0) {
            sum += TRAITS * traitsPresent / traitsUsed;
            weights += TRAITS;
        }
        if (arms > 1) {
            sum += POLICY * certainty;
            weights += POLICY;
        }
        return Math.round(sum / weights * 1e6) / 1e6;
    }
}
