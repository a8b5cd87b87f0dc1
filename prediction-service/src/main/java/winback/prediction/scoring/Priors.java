package winback.prediction.scoring;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.hipparchus.distribution.continuous.BetaDistribution;
import winback.prediction.models.ModelName;

/**
 * What is believed of anybody before there is a score: of shops in general, and nothing of the subscriber or the shop. Beta
 * distributions that count as ten subscribers, so wide that any shop's own share lies well within: nine of ten customers do
 * not come back within a month, two of ten answer a mail. Of value there is none, since money depends on currency and prices.
 */
final class Priors {

    /** That a prior tells, and no model. */
    private static final String VERSION = "prior";

    private static final double NOMINAL = .8;

    private static final Map<ModelName, Prior> BY_MODEL = Map.of(
            ModelName.CHURN, prior(ModelName.CHURN, 9, 1), ModelName.ENGAGEMENT, prior(ModelName.ENGAGEMENT, 2, 8));

    private Priors() {}

    /**
     * @param value the mean, a probability
     * @param lower end of the middle 80 %
     * @param modelVersion always {@code prior}
     */
    record Prior(double value, int horizonDays, double lower, double upper, String modelVersion) {}

    private static Prior prior(ModelName name, double positive, double negative) {
        BetaDistribution beta = new BetaDistribution(positive, negative);
        return new Prior(
                positive / (positive + negative),
                name.defaultHorizonDays(),
                rounded(beta.inverseCumulativeProbability((1 - NOMINAL) / 2)),
                rounded(beta.inverseCumulativeProbability((1 + NOMINAL) / 2)),
                VERSION);
    }

    private static double rounded(double probability) {
        return Math.round(probability * 100) / 100.;
    }

    /** By model name, of the models that gave no score and have a prior. */
    static Map<String, Prior> beside(Set<String> scored) {
        Map<String, Prior> priors = new TreeMap<>();
        Arrays.stream(ModelName.values())
                .filter(name -> BY_MODEL.containsKey(name) && !scored.contains(name.wireName()))
                .forEach(name -> priors.put(name.wireName(), BY_MODEL.get(name)));
        return priors;
    }
}
