package winback.prediction.boosting;

import java.util.HashMap;
import java.util.Map;

/** What the trees correct, and how an error is judged. Margins are what trees add up to: logits, or logs of an expectation. */
public enum Objective {
    /** Labels 0 or 1; the margin is the logit of the probability of 1; judged by log loss. */
    LOGISTIC("log loss") {
        @Override
        Map<String, Object> parameters() {
            return new HashMap<>(Map.of("objective", "binary:logistic", "base_score", .5));
        }

        @Override
        public double response(double margin) {
            return 1 / (1 + Math.exp(-margin));
        }

        @Override
        public double loss(double margin, double label) {
            // ln(1 + e^m) − y·m, without overflow
            return Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))) - label * margin;
        }

        @Override
        public double slope(double margin, double label) {
            return response(margin) - label;
        }

        @Override
        public double curvature(double margin) {
            double p = response(margin);
            return p * (1 - p);
        }
    },
    /** Labels ≥ 0 with a mass at 0; the margin is the log of the expectation; judged by the Tweedie deviance. */
    TWEEDIE("Tweedie deviance") {
        @Override
        Map<String, Object> parameters() {
            return new HashMap<>(Map.of("objective", "reg:tweedie", "tweedie_variance_power", POWER, "base_score", 1.));
        }

        @Override
        public double response(double margin) {
            return Math.exp(margin);
        }

        @Override
        public double loss(double margin, double label) {
            return -label * Math.exp((1 - POWER) * margin) / (1 - POWER) + Math.exp((2 - POWER) * margin) / (2 - POWER);
        }

        @Override
        public double slope(double margin, double label) {
            return Math.exp((2 - POWER) * margin) - label * Math.exp((1 - POWER) * margin);
        }

        @Override
        public double curvature(double margin) {
            return Math.exp((2 - POWER) * margin);
        }
    },
    /** Any numbers; the margin is the expectation; judged by squared error. As the mission's value recipe is fitted. */
    SQUARED("squared error") {
        @Override
        Map<String, Object> parameters() {
            return new HashMap<>(Map.of("objective", "reg:squarederror", "base_score", 0.));
        }

        @Override
        public double response(double margin) {
            return margin;
        }

        @Override
        public double loss(double margin, double label) {
            return (margin - label) * (margin - label) / 2;
        }

        @Override
        public double slope(double margin, double label) {
            return margin - label;
        }

        @Override
        public double curvature(double margin) {
            return 1;
        }
    };

    /** Variance ∝ mean^1.5, halfway between Poisson (1) and gamma (2): spend is a Poisson sum of gamma amounts. */
    private static final double POWER = 1.5;

    private final String label;

    Objective(String label) {
        this.label = label;
    }

    /** The name of {@link #loss}, for people. */
    public String label() {
        return label;
    }

    abstract Map<String, Object> parameters();

    /** The expectation that a margin stands for. */
    public abstract double response(double margin);

    /**
     * The margin of an expectation, whose {@link #response} it is.
     *
     * @param least a probability is held this far from 0 and 1, an expectation of spend above it: so it has a margin
     */
    public double margin(double expectation, double least) {
        return switch (this) {
            case LOGISTIC -> {
                double p = Math.clamp(expectation, least, 1 - least);
                yield Math.log(p / (1 - p));
            }
            case TWEEDIE -> Math.log(Math.max(least, expectation));
            case SQUARED -> expectation;
        };
    }

    /** The objective at one row, up to what depends on the label alone; smaller is better. */
    public abstract double loss(double margin, double label);

    /** Derivative of the loss by the margin. */
    public abstract double slope(double margin, double label);

    /** Expected second derivative of the loss by the margin (Fisher's information), ≥ 0. */
    public abstract double curvature(double margin);
}
