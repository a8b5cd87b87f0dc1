package winback.profile.features;

/**
 * One declared feature.
 *
 * @param name stable; snake case
 * @param unit such as {@code days} or {@code count}
 * @param range what values are possible
 * @param absence when it is NaN; {@code never} when it always has a value
 * @param formula how it is computed, in words
 * @param function the computation
 */
public record Feature(
        String name, Group group, String unit, String range, String absence, String formula, Function function) {

    public enum Group {
        BEHAVIOUR,
        DEMOGRAPHICS,
        PSYCHOGRAPHICS,
        CONTEXT
    }

    /** A pure function of the state and the instant. */
    @FunctionalInterface
    interface Function {
        /**
         * @param asOf epoch milliseconds
         * @return NaN when unknown
         */
        double value(SubscriberState state, long asOf);
    }
}
