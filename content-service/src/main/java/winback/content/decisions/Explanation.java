package winback.content.decisions;

import java.util.List;
import java.util.Map;

/**
 * Why an answer is as it is.
 *
 * @param policy what chose: {@code thompson} looks at the variants' records alone, so no feature of the subscriber moves the
 *     choice; {@code holdout} is a fixed property of campaign and subscriber
 * @param alternatives the probability with which each live variant would have been chosen; empty for the hold-out
 * @param scoreParts of the personalisation score; empty for the hold-out and for an earlier decision
 */
record Explanation(String policy, Map<String, Double> alternatives, List<PersonalizationScore.Part> scoreParts) {}
