package winback.prediction.gate;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import winback.prediction.boosting.Objective;
import winback.prediction.metrics.Interval;
import winback.prediction.models.ModelName;

/**
 * Whether a challenger may take the place of another model, by what both predicted of the same customers and what those
 * then did. It passes when all of this holds:
 *
 * <ol>
 *   <li>its loss is not worse beyond noise: the 95 % interval of the mean difference reaches down to 0 or below;
 *   <li>that it is about as good is known and not merely possible: the interval's upper end is at most a tenth
 *       ({@value #TOLERATED}) of what the other is better than the best constant, so too few customers decide nothing;
 *   <li>its calibration is not worse: within the range of a perfectly calibrated model, or not worse than the other's beyond
 *       noise.
 * </ol>
 *
 * <p>Losses are proper scores: log loss of probabilities; for value the Tweedie deviance of power 1.5, up to what depends on
 * the outcome alone, of spend in units of the mean of those who spent, so that it means the same in any currency.
 * Intervals are paired bootstraps over customers (Efron and Tibshirani, An Introduction to the Bootstrap, 1993). The
 * first two conditions are a test of difference and one of non-inferiority (Wellek, Testing Statistical Hypotheses of
 * Equivalence and Noninferiority, 2010).
 */
public final class Gate {

    /** Of the other's advantage over a constant. */
    static final double TOLERATED = .1;

    private static final int DRAWS = 500;
    private static final long SEED = 20_053;

    private static final int BINS = 10;

    /** A probability is held this far from 0 and 1; spend in mean orders, below it "nothing", above it. */
    private static final double LEAST = 1e-6;

    private Gate() {}

    /**
     * What came out.
     *
     * @param passes whether the challenger may be served
     * @param measure the loss's name
     * @param challenger its mean loss
     * @param other mean loss of what it was compared with
     * @param difference {@code challenger − other}; below 0 is better
     * @param lower of the difference's 95 % interval
     * @param upper of the difference's 95 % interval
     * @param tolerated the most that {@code upper} may be
     * @param calibrationMeasure its name
     * @param calibration the challenger's; 0 is perfect
     * @param otherCalibration of what it was compared with
     * @param sentence all of it, for people
     */
    public record Comparison(
            boolean passes,
            String measure,
            double challenger,
            double other,
            double difference,
            double lower,
            double upper,
            double tolerated,
            String calibrationMeasure,
            double calibration,
            double otherCalibration,
            String sentence) {

        /** The same, failed for a reason that is not in the numbers. */
        public Comparison failing(String why) {
            return new Comparison(
                    false,
                    measure,
                    challenger,
                    other,
                    difference,
                    lower,
                    upper,
                    tolerated,
                    calibrationMeasure,
                    calibration,
                    otherCalibration,
                    sentence + " " + why);
        }
    }

    /**
     * Compares a challenger with the model that it would replace.
     *
     * @param name whose predictions these are
     * @param challenger predictions, shape [n]; one that is not finite makes it fail
     * @param other predictions of what would be replaced, shape [n], finite
     * @param outcomes shape [n], n ≥ 1: 1 where it happened and 0 where not, or spend ≥ 0
     * @param otherName as in the sentence
     */
    public static Comparison replace(
            ModelName name, double[] challenger, double[] other, double[] outcomes, String otherName) {
        Case compared = new Case(name, challenger, other, outcomes);
        double skill = Math.max(0, compared.skillOfOther());
        Interval interval = compared.differences();
        boolean notWorse = interval.lower() <= 0;
        boolean sure = interval.upper() <= TOLERATED * skill;
        // Looked at last, since it takes longest.
        boolean calibrated = notWorse && sure && compared.calibrated();
        String why;
        if (!compared.finite()) {
            why = "It has no prediction for some customers.";
        } else if (!notWorse) {
            why = "It is worse, beyond noise.";
        } else if (!sure) {
            why = "That it is not worse is not sure enough.";
        } else if (!calibrated) {
            why = "Its calibration is worse, beyond noise.";
        } else {
            why = interval.upper() < 0 ? "It is better, beyond noise." : "It is not worse, beyond noise.";
        }
        return compared.comparison(calibrated, interval, TOLERATED * skill, otherName, why);
    }

    /**
     * Compares a challenger with the base rate, where no model is served: it passes unless its mean loss is greater.
     * There is nothing to lose, so noise speaks for nobody.
     *
     * @param baseRate predictions, shape [n]
     */
    public static Comparison first(ModelName name, double[] challenger, double[] baseRate, double[] outcomes) {
        Case compared = new Case(name, challenger, baseRate, outcomes);
        boolean passes = compared.finite() && compared.difference() <= 0;
        return compared.comparison(
                passes,
                compared.differences(),
                0,
                "the base rate",
                passes
                        ? "It is not worse."
                        : compared.finite() ? "It is worse." : "It has no prediction for some customers.");
    }

    /** Two models' predictions of the same customers. */
    private static final class Case {
        private final ModelName name;
        private final Objective objective;
        private final double[] challenger;
        private final double[] other;
        private final double[] outcomes;
        private final double unit;
        private final double[] losses;
        private final double[] otherLosses;

        Case(ModelName name, double[] challenger, double[] other, double[] outcomes) {
            int n = outcomes.length;
            if (n == 0 || challenger.length != n || other.length != n) {
                throw new IllegalArgumentException("Expected as many predictions as outcomes, at least 1: %d, %d and %d"
                        .formatted(challenger.length, other.length, n));
            }
            this.name = name;
            this.challenger = challenger;
            this.other = other;
            this.outcomes = outcomes;
            this.objective = switch (name) {
                case CHURN, ENGAGEMENT -> Objective.LOGISTIC;
                case VALUE -> Objective.TWEEDIE;
            };
            this.unit = switch (name) {
                case CHURN, ENGAGEMENT -> 1;
                case VALUE ->
                    Arrays.stream(outcomes).filter(spend -> spend > 0).average().orElse(1);
            };
            this.losses = losses(challenger);
            this.otherLosses = losses(other);
        }

        private double[] losses(double[] predictions) {
            double[] losses = new double[predictions.length];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = objective.loss(objective.margin(predictions[i] / unit, LEAST), outcomes[i] / unit);
            }
            return losses;
        }

        boolean finite() {
            return Arrays.stream(challenger).allMatch(Double::isFinite);
        }

        double difference() {
            return mean(losses) - mean(otherLosses);
        }

        /** By how much the other's mean loss is less than that of the constant that would have been best. */
        double skillOfOther() {
            double[] constant = new double[outcomes.length];
            Arrays.fill(constant, mean(outcomes));
            return mean(losses(constant)) - mean(otherLosses);
        }

        Interval differences() {
            return bootstrap(rows -> {
                double sum = 0;
                for (int i : rows) {
                    sum += losses[i] - otherLosses[i];
                }
                return sum / rows.length;
            });
        }

        private Interval bootstrap(ToDoubleFunction<int[]> statistic) {
            return Interval.bootstrap(outcomes.length, DRAWS, new SplittableRandom(SEED), statistic);
        }

        /** Of all the customers. */
        private double miscalibration(double[] predictions) {
            int[] all = new int[outcomes.length];
            Arrays.setAll(all, i -> i);
            return miscalibration(predictions, outcomes, all);
        }

        /** Of probabilities: expected calibration error over ten bins of equal width. Value: |ln(predicted ÷ actual total)|. */
        private double miscalibration(double[] predictions, double[] truth, int[] rows) {
            return switch (name) {
                case CHURN, ENGAGEMENT -> {
                    double[] bins = new double[BINS];
                    for (int i : rows) {
                        bins[Math.min(BINS - 1, (int) (predictions[i] * BINS))] += predictions[i] - truth[i];
                    }
                    yield Arrays.stream(bins).map(Math::abs).sum() / rows.length;
                }
                case VALUE -> Math.abs(logRatio(predictions, rows));
            };
        }

        private double logRatio(double[] predictions, int[] rows) {
            double predicted = 0;
            double actual = 0;
            for (int i : rows) {
                predicted += predictions[i];
                actual += outcomes[i];
            }
            return Math.log(predicted / actual);
        }

        boolean calibrated() {
            if (!finite()) {
                return false;
            }
            boolean asIfPerfect = switch (name) {
                case CHURN, ENGAGEMENT ->
                    miscalibration(challenger) <= ifPerfect().upper();
                case VALUE -> {
                    Interval ratio = bootstrap(rows -> logRatio(challenger, rows));
                    yield ratio.lower() <= 0 && ratio.upper() >= 0;
                }
            };
            return asIfPerfect
                    || bootstrap(rows -> miscalibration(challenger, outcomes, rows)
                                            - miscalibration(other, outcomes, rows))
                                    .lower()
                            <= 0;
        }

        /** The error that the challenger would have if it happened by just the probabilities that it gives. */
        private Interval ifPerfect() {
            SplittableRandom random = new SplittableRandom(SEED);
            double[] drawn = new double[outcomes.length];
            int[] all = new int[outcomes.length];
            Arrays.setAll(all, i -> i);
            double[] errors = new double[DRAWS];
            for (int draw = 0; draw < DRAWS; draw++) {
                for (int i = 0; i < drawn.length; i++) {
                    drawn[i] = random.nextDouble() < challenger[i] ? 1 : 0;
                }
                errors[draw] = miscalibration(challenger, drawn, all);
            }
            return Interval.of(errors);
        }

        private String calibrationMeasure() {
            return switch (name) {
                case CHURN, ENGAGEMENT -> "expected calibration error";
                case VALUE -> "|ln(predicted ÷ actual total)|";
            };
        }

        Comparison comparison(boolean passes, Interval interval, double tolerated, String otherName, String why) {
            double mine = miscalibration(challenger);
            double theirs = miscalibration(other);
            String sentence = String.format(
                    Locale.ROOT,
                    "On the back-test of %d customers its %s was %.4f, that of %s %.4f: a difference of %.4f,"
                            + " 95 %% interval %.4f to %.4f, up to %.4f tolerated;"
                            + " its %s was %.4f, that of %s %.4f. %s",
                    outcomes.length,
                    objective.label(),
                    mean(losses),
                    otherName,
                    mean(otherLosses),
                    difference(),
                    interval.lower(),
                    interval.upper(),
                    tolerated,
                    calibrationMeasure(),
                    mine,
                    otherName,
                    theirs,
                    why);
            return new Comparison(
                    passes,
                    objective.label(),
                    mean(losses),
                    mean(otherLosses),
                    difference(),
                    interval.lower(),
                    interval.upper(),
                    tolerated,
                    calibrationMeasure(),
                    mine,
                    theirs,
                    sentence);
        }

        private static double mean(double[] values) {
            return Arrays.stream(values).average().orElseThrow();
        }
    }
}
