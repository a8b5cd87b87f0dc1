package winback.prediction.metrics;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How good predicted probabilities of churn are; positive means churned, decided at {@value #THRESHOLD}.
 *
 * @param auc area under the ROC curve; NaN when only one outcome occurred
 * @param accuracy share decided rightly
 * @param precision share of those said to churn who did; NaN when nobody was
 * @param recall share of those who churned that were said to; NaN when nobody did
 * @param f1 harmonic mean of precision and recall; NaN when either is
 * @param brier mean squared error of the probability
 * @param ece expected calibration error over ten bins of equal width
 * @param eceEqualMass the same over ten bins of as many customers each
 * @param logLoss mean −ln of the probability given to what happened, probabilities clipped at 1e-6
 */
public record ChurnMetrics(
        double auc,
        double accuracy,
        double precision,
        double recall,
        double f1,
        double brier,
        double ece,
        double eceEqualMass,
        double logLoss) {

    /** From this probability on a subscriber is said to churn. */
    public static final double THRESHOLD = .5;

    private static final int BINS = 10;
    private static final double CLIP = 1e-6;

    /**
     * @param probability shape [n], in [0, 1]
     * @param outcome shape [n], 1 churned, 0 not; n ≥ 1
     */
    public static ChurnMetrics of(double[] probability, double[] outcome) {
        int n = Shapes.same(probability, outcome);
        int hits = 0;
        int said = 0;
        int did = 0;
        int both = 0;
        double squares = 0;
        double logs = 0;
        for (int i = 0; i < n; i++) {
            double p = probability[i];
            boolean positive = outcome[i] > 0;
            boolean decided = p >= THRESHOLD;
            hits += decided == positive ? 1 : 0;
            said += decided ? 1 : 0;
            did += positive ? 1 : 0;
            both += decided && positive ? 1 : 0;
            squares += (p - outcome[i]) * (p - outcome[i]);
            double clipped = Math.clamp(p, CLIP, 1 - CLIP);
            logs -= positive ? Math.log(clipped) : Math.log1p(-clipped);
        }
        double precision = said == 0 ? Double.NaN : (double) both / said;
        double recall = did == 0 ? Double.NaN : (double) both / did;
        return new ChurnMetrics(
                auc(probability, outcome),
                (double) hits / n,
                precision,
                recall,
                both == 0 ? Double.NaN : 2 * precision * recall / (precision + recall),
                squares / n,
                ece(probability, outcome),
                eceEqualMass(probability, outcome),
                logs / n);
    }

    /** Over ten bins of equal width. */
    private static double ece(double[] probability, double[] outcome) {
        double[] difference = new double[BINS];
        for (int i = 0; i < probability.length; i++) {
            difference[Math.min(BINS - 1, (int) (probability[i] * BINS))] += probability[i] - outcome[i];
        }
        return Arrays.stream(difference).map(Math::abs).sum() / probability.length;
    }

    /** Over ten bins of as many customers each; equal probabilities may be parted. */
    private static double eceEqualMass(double[] probability, double[] outcome) {
        int n = probability.length;
        Integer[] order = IntStream.range(0, n).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (i, j) -> Double.compare(probability[i], probability[j]));
        double sum = 0;
        for (int bin = 0; bin < BINS; bin++) {
            double difference = 0;
            for (int k = bin * n / BINS; k < (bin + 1) * n / BINS; k++) {
                difference += probability[order[k]] - outcome[order[k]];
            }
            sum += Math.abs(difference);
        }
        return sum / n;
    }

    /**
     * The {@code ece} that right probabilities do not exceed in 97.5 of 100 cases: outcomes drawn from the probabilities
     * themselves (J. Bröcker, L. A. Smith (2007), Increasing the Reliability of Reliability Diagrams).
     */
    public static double eceByChance(double[] probability, int draws, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] eces = new double[draws];
        double[] outcome = new double[probability.length];
        for (int draw = 0; draw < draws; draw++) {
            for (int i = 0; i < outcome.length; i++) {
                outcome[i] = random.nextDouble() < probability[i] ? 1 : 0;
            }
            eces[draw] = ece(probability, outcome);
        }
        return Interval.of(eces).upper();
    }

    /** Mann and Whitney's form; ties count half. */
    public static double auc(double[] score, double[] outcome) {
        int n = Shapes.same(score, outcome);
        double positives = Arrays.stream(outcome).filter(y -> y > 0).count();
        double negatives = n - positives;
        if (positives == 0 || negatives == 0) {
            return Double.NaN;
        }
        double[] ranks = Ranks.of(score);
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += outcome[i] > 0 ? ranks[i] : 0;
        }
        return (sum - positives * (positives + 1) / 2) / (positives * negatives);
    }

    /** The 2.5 and 97.5 % points of the AUC over {@code draws} resamples of the customers. */
    public static Interval aucInterval(double[] score, double[] outcome, int draws, long seed) {
        return Interval.bootstrap(
                score.length,
                draws,
                new SplittableRandom(seed),
                rows -> auc(Shapes.pick(score, rows), Shapes.pick(outcome, rows)));
    }

    /** By name, values that are not numbers left out. */
    public Map<String, Double> toMap() {
        Map<String, Double> map = new LinkedHashMap<>();
        map.put("auc", auc);
        map.put("accuracy", accuracy);
        map.put("precision", precision);
        map.put("recall", recall);
        map.put("f1", f1);
        map.put("brier", brier);
        map.put("ece", ece);
        map.put("eceEqualMass", eceEqualMass);
        map.put("logLoss", logLoss);
        map.values().removeIf(value -> !Double.isFinite(value));
        return map;
    }
}
