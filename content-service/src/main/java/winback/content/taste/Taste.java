package winback.content.taste;

import org.jspecify.annotations.Nullable;

/**
 * How somebody likes to be written to, by their own answers. That a mail is answered is taken as a logistic regression with the
 * campaign's rate as its level and one effect u a subscriber of the mail's liveliness s in [-1, 1], with u ~ N(0, 1/2): after the
 * mails that were seen, each answered (y = 1) or not, one Newton step from 0 gives the mode
 * u = Σ (y − p) s / (2 + Σ p (1 − p) s²). Where one mail in twenty is answered, an answer to one of the first few lively mails
 * makes a taste, and one to the tenth does not.
 */
public enum Taste {
    CALM(-1, "+calm"),
    LIVELY(1, "+lively");

    /** 1/variance of u before anything is known. */
    private static final double PRIOR_PRECISION = 2;

    /** Of u, in logits: from there on it is taken for a taste. */
    private static final double LEAST = .25;

    /** What u is taken to be of those who have one, in logits: a standard deviation of what is believed beforehand. */
    private static final double EFFECT = .75;

    private final int sign;
    private final String suffix;

    Taste(int sign, String suffix) {
        this.sign = sign;
        this.suffix = suffix;
    }

    /**
     * @param lean Σ (y − p) s
     * @param information Σ p (1 − p) s², 0 or more
     * @return null where the answers do not tell
     */
    public static @Nullable Taste of(double lean, double information) {
        double effect = lean / (PRIOR_PRECISION + information);
        return effect >= LEAST ? LIVELY : effect <= -LEAST ? CALM : null;
    }

    /** Leans of less than this are no taste, whatever the information. */
    static double leastLean() {
        return LEAST * PRIOR_PRECISION;
    }

    /** Of a reader's kind and taste, as decisions carry them: {@code lapsed/bargain+calm}. */
    public static @Nullable Taste of(String reader) {
        return reader.endsWith(CALM.suffix) ? CALM : reader.endsWith(LIVELY.suffix) ? LIVELY : null;
    }

    /** What is left without the taste. */
    public static String kind(String reader) {
        Taste taste = of(reader);
        return taste == null ? reader : reader.substring(0, reader.length() - taste.suffix.length());
    }

    /** A kind of reader with this taste. */
    public String reader(String kind) {
        return kind + suffix;
    }

    /**
     * What is expected of somebody with this taste beyond what is expected of others.
     *
     * @param liveliness of a mail, in [-1, 1]
     * @return in logits of the rate of answers
     */
    public double shift(double liveliness) {
        return EFFECT * sign * liveliness;
    }

    /** −1 for {@link #CALM}, 1 for {@link #LIVELY}. */
    public int sign() {
        return sign;
    }
}
