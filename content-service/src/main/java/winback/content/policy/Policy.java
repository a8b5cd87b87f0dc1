package winback.content.policy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What chooses among the arms of one campaign at one state of its posteriors. The probabilities are computed once, here,
 * and every draw is made from exactly these. Immutable.
 */
public final class Policy {

    /** Of Thompson sampling, where decisions are recorded. */
    public static final String THOMPSON = "thompson";

    /** Of that by which each arm has the same chance. */
    public static final String UNIFORM = "uniform";

    /** So that no arm is ever given up for good and every propensity can be divided by. Before renormalising. */
    static final double FLOOR = .01;

    private static final int MILLION = 1_000_000;

    /**
     * What is believed of one variant's rate of success: Beta(alpha, beta).
     *
     * @param alpha at least 1, so that no density is infinite anywhere
     * @param beta at least 1
     */
    public record Arm(String id, double alpha, double beta) {

        public Arm {
            if (!(alpha >= 1 && beta >= 1)) {
                throw new IllegalArgumentException("Invalid arm: Beta(%s, %s)".formatted(alpha, beta));
            }
        }

        /**
         * Of a variant of which nothing else is known: from the uniform prior.
         *
         * @param exposures mails that were seen or sent
         * @param successes of them, answered by a click or an order
         */
        public static Arm of(String id, long exposures, long successes) {
            if (!(successes >= 0 && successes <= exposures)) {
                throw new IllegalArgumentException(
                        "Invalid arm: %d successes of %d exposures".formatted(successes, exposures));
            }
            return new Arm(id, 1 + successes, 1 + exposures - successes);
        }

        /**
         * As sure of another rate, as far as the uniform prior is not undone: neither number falls below 1.
         *
         * @param logits by which that is higher
         */
        public Arm shifted(double logits) {
            double weight = alpha + beta;
            double rate = 1 / (1 + beta / alpha * Math.exp(-logits));
            return new Arm(id, Math.max(1, weight * rate), Math.max(1, weight * (1 - rate)));
        }
    }

    private final String name;
    private final double[] probabilities;
    private final Probabilities byArm;
    private final double certainty;

    private Policy(String name, List<String> arms, double[] chances) {
        this.name = name;
        probabilities = rounded(chances);
        Map<String, Double> named = new LinkedHashMap<>();
        double entropy = 0;
        for (int i = 0; i < probabilities.length; i++) {
            named.put(arms.get(i), probabilities[i]);
            entropy -= probabilities[i] * Math.log(probabilities[i]);
        }
        byArm = new Probabilities(named);
        certainty = probabilities.length == 1 ? 1 : certainty(entropy / Math.log(probabilities.length));
    }

    /** To millionths, as the probabilities: what is beyond is a rounding's, and would be a certainty where there is none. */
    private static double certainty(double normalisedEntropy) {
        return Math.max(0, Math.round((1 - normalisedEntropy) * 1e6) / 1e6);
    }

    /**
     * Thompson sampling.
     *
     * @param arms at least one, with distinct ids
     */
    public static Policy thompson(List<Arm> arms) {
        if (arms.isEmpty()) {
            throw new IllegalArgumentException("no arms");
        }
        double[] alpha = new double[arms.size()];
        double[] beta = new double[arms.size()];
        for (int i = 0; i < alpha.length; i++) {
            alpha[i] = arms.get(i).alpha();
            beta[i] = arms.get(i).beta();
        }
        return new Policy(THOMPSON, arms.stream().map(Arm::id).toList(), floored(ArmProbabilities.best(alpha, beta)));
    }

    /**
     * The same chance for each: what is left when there is no time to look at the record.
     *
     * @param arms ids, at least one, distinct
     */
    public static Policy uniform(List<String> arms) {
        if (arms.isEmpty()) {
            throw new IllegalArgumentException("no arms");
        }
        double[] chances = new double[arms.size()];
        Arrays.fill(chances, 1. / chances.length);
        return new Policy(UNIFORM, arms, chances);
    }

    private static double[] floored(double[] best) {
        double[] floored = new double[best.length];
        double sum = 0;
        for (int i = 0; i < best.length; i++) {
            floored[i] = Math.max(FLOOR, best[i]);
            sum += floored[i];
        }
        for (int i = 0; i < best.length; i++) {
            floored[i] /= sum;
        }
        return floored;
    }

    /** To millionths, which sum to one million: they are logged with every decision, and no more digits mean anything. */
    private static double[] rounded(double[] probabilities) {
        long[] parts = new long[probabilities.length];
        long sum = 0;
        int largest = 0;
        for (int i = 0; i < parts.length; i++) {
            parts[i] = (long) (probabilities[i] * MILLION);
            sum += parts[i];
            largest = parts[i] > parts[largest] ? i : largest;
        }
        parts[largest] += MILLION - sum;
        return Arrays.stream(parts).mapToDouble(part -> (double) part / MILLION).toArray();
    }

    /** {@link #THOMPSON} or {@link #UNIFORM}. */
    public String name() {
        return name;
    }

    /**
     * @param uniform in [0, 1)
     * @return the index of the arm drawn
     */
    public int draw(double uniform) {
        double rest = uniform;
        int last = probabilities.length - 1;
        for (int i = 0; i < last; i++) {
            rest -= probabilities[i];
            if (rest < 0) {
                return i;
            }
        }
        return last;
    }

    /** The probability with which {@link #draw} gives this arm. */
    public double probability(int arm) {
        return probabilities[arm];
    }

    /** By arm id, in the order of the arms; sums to 1. */
    public Probabilities probabilities() {
        return byArm;
    }

    /** 1 − normalised entropy of the probabilities: 0 while nothing is known, towards 1 as one arm wins. */
    public double certainty() {
        return certainty;
    }
}
