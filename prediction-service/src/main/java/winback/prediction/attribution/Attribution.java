package winback.prediction.attribution;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What moves one margin away from that of the usual customer: margin = {@link #base()} + {@link #guess()} + Σ {@link
 * #features()} + {@link #other()}. A model makes one for a row, and each of its members adds what it says, weighed. Not
 * thread-safe.
 */
public final class Attribution {

    /** What a margin is. */
    public enum Scale {
        /** Logit of a probability. */
        LOG_ODDS("log-odds"),
        /** Natural logarithm of an expectation. */
        LOG("log of the expectation"),
        /** The score itself, before it is held within its bounds. */
        SCORE("the score itself");

        private final String words;

        Scale(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    private final Scale scale;
    private final double firstGuess;
    private final double usualGuess;
    private final double[] features;
    private final Set<String> silent = new LinkedHashSet<>();
    private double base;
    private double guess;
    private double other;

    /**
     * @param columns p
     * @param firstGuess the margin that members start from, which comes of the customer's purchases
     * @param usualGuess its mean over customers
     */
    public Attribution(Scale scale, int columns, double firstGuess, double usualGuess) {
        this.scale = scale;
        this.firstGuess = firstGuess;
        this.usualGuess = usualGuess;
        this.features = new double[columns];
    }

    /** What is the same for every customer. */
    public void addBase(double value) {
        base += value;
    }

    /** This many times the first guess; the usual one goes to the base. */
    public void addGuess(double times) {
        base += times * usualGuess;
        guess += times * (firstGuess - usualGuess);
    }

    /**
     * What the guess adds from the days that the members learned from to those that are asked.
     *
     * @param usual its mean over customers, which goes to the base
     */
    public void carryOn(double added, double usual) {
        base += usual;
        guess += added - usual;
    }

    /** What the value of a column does. */
    public void addFeature(int column, double value) {
        features[column] += value;
    }

    /**
     * What a member adds that cannot tell why.
     *
     * @param member its name, for people
     */
    public void addOther(String member, double value) {
        silent.add(member);
        other += value;
    }

    /** The margin is slope × what has been added so far + intercept. */
    public void calibrate(double slope, double intercept) {
        base = slope * base + intercept;
        guess *= slope;
        other *= slope;
        for (int column = 0; column < features.length; column++) {
            features[column] *= slope;
        }
    }

    public Scale scale() {
        return scale;
    }

    /** All that is the same for every customer. */
    public double base() {
        return base;
    }

    /** Of what the customer's purchases alone let expect. */
    public double guess() {
        return guess;
    }

    /** By column, shape [p]. */
    public double[] features() {
        return features.clone();
    }

    /** Of members that cannot tell why; 0 when there are none. */
    public double other() {
        return other;
    }

    /** The names of these members. */
    public Set<String> silent() {
        return Collections.unmodifiableSet(silent);
    }

    public double margin() {
        return base + guess + Arrays.stream(features).sum() + other;
    }
}
