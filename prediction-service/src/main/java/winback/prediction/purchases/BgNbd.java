package winback.prediction.purchases;

import static org.hipparchus.special.Gamma.logGamma;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * BG/NBD: while alive a customer buys at a Poisson rate λ and after each purchase drops out with probability p; over
 * customers λ is gamma(r, α) and p is beta(a, b). Times are in weeks.
 *
 * <p>[1] P. S. Fader, B. G. S. Hardie, K. L. Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the
 * Pareto/NBD Model, Marketing Science 24(2), 275–284.
 *
 * @param r shape of the rates, &gt; 0
 * @param alpha α, scale of the rates in weeks, &gt; 0
 * @param a first parameter of the drop-out probabilities, &gt; 0
 * @param b second parameter, &gt; 0
 */
public record BgNbd(double r, double alpha, double a, double b) {

    private static final int MAX_TERMS = 20_000;

    /** The expectation has removable singularities at a = 1 and where a + b + x is 1, 0, …; it is taken this near them. */
    private static final double NUDGE = 1e-5;

    /** Of a and of r: above it {@link #expectedPurchases} takes the paper's form. */
    private static final double ALIKE = 20;

    private static final double LARGE = 1e250;

    public BgNbd {
        if (!(r > 0 && alpha > 0 && a > 0 && b > 0)) {
            throw new IllegalArgumentException("Invalid BG/NBD parameters: " + r + ", " + alpha + ", " + a + ", " + b);
        }
    }

    private record Pattern(double x, double tx, double t) {}

    /** Fitted by maximum likelihood. Equal histories are counted and not repeated. */
    public static BgNbd fit(Collection<PurchaseHistory> customers) {
        if (customers.isEmpty()) {
            throw new IllegalArgumentException("No customers");
        }
        Map<Pattern, Integer> counts = new HashMap<>();
        Map<Double, Integer> byRepeats = new HashMap<>();
        for (PurchaseHistory customer : customers) {
            counts.merge(new Pattern(customer.repeats(), customer.lastWeek(), customer.ageWeeks()), 1, Integer::sum);
            byRepeats.merge(customer.repeats(), 1, Integer::sum);
        }
        int n = counts.size();
        double[] x = new double[n];
        double[] tx = new double[n];
        double[] t = new double[n];
        double[] weight = new double[n];
        int i = 0;
        for (var entry : counts.entrySet()) {
            x[i] = entry.getKey().x();
            tx[i] = entry.getKey().tx();
            t[i] = entry.getKey().t();
            weight[i++] = entry.getValue();
        }
        double[] found = Simplex.maximise(
                p -> {
                    double sum = 0;
                    for (var group : byRepeats.entrySet()) {
                        sum += group.getValue() * logConstant(p[0], p[1], p[2], p[3], group.getKey());
                    }
                    for (int j = 0; j < n; j++) {
                        sum += weight[j] * logMixture(p[0], p[1], p[2], p[3], x[j], tx[j], t[j]);
                    }
                    return sum / customers.size();
                },
                new double[] {.5, 5, 1, 2});
        return new BgNbd(found[0], found[1], found[2], found[3]);
    }

    /** Log-likelihood of the customers' histories, [1] equation 6. */
    public double logLikelihood(Collection<PurchaseHistory> customers) {
        double sum = 0;
        for (PurchaseHistory customer : customers) {
            sum += logConstant(r, alpha, a, b, customer.repeats())
                    + logMixture(r, alpha, a, b, customer.repeats(), customer.lastWeek(), customer.ageWeeks());
        }
        return sum;
    }

    /** The factors of [1] equation 6 that depend on x alone. */
    private static double logConstant(double r, double alpha, double a, double b, double x) {
        return logGamma(r + x)
                - logGamma(r)
                + r * Math.log(alpha)
                + logGamma(a + b)
                + logGamma(b + x)
                - logGamma(b)
                - logGamma(a + b + x);
    }

    /** The sum of [1] equation 6: alive at T, or dropped out at t_x. */
    private static double logMixture(double r, double alpha, double a, double b, double x, double tx, double t) {
        double alive = -(r + x) * Math.log(alpha + t);
        if (x == 0) {
            return alive;
        }
        double gone = Math.log(a / (b + x - 1)) - (r + x) * Math.log(alpha + tx);
        double larger = Math.max(alive, gone);
        return larger + Math.log1p(Math.exp(Math.min(alive, gone) - larger));
    }

    /** Probability in (0, 1] that the customer has not dropped out; 1 without repeats, as the model has it. */
    public double probabilityAlive(PurchaseHistory customer) {
        double x = customer.repeats();
        if (x == 0) {
            return 1;
        }
        double logOdds = Math.log(a / (b + x - 1))
                + (r + x) * Math.log((alpha + customer.ageWeeks()) / (alpha + customer.lastWeek()));
        return 1 / (1 + Math.exp(logOdds));
    }

    /**
     * Expected purchases in the {@code weeks} after the cutoff, [1] equation 10.
     *
     * <p>Differs from the paper in form: Euler's transformation of ₂F₁ takes up the power before it,
     * ((α+T)/(α+T+t))^(r+x) ₂F₁(r+x, b+x; a+b+x−1; z) = (1−z)^(a−1) ₂F₁(a+b−1−r, a−1; a+b+x−1; z) with z = t/(α+T+t), which
     * neither overflows nor cancels for frequent buyers. Where all customers drop out alike, a is large, or all buy alike, r
     * is: there the right side overflows or its terms cancel, and it is the left one. Whatever either loses, one purchase at
     * least where there are any, and no more than if nobody left, bound the result.
     */
    public double expectedPurchases(PurchaseHistory customer, double weeks) {
        if (!(weeks >= 0)) {
            throw new IllegalArgumentException("Invalid weeks: " + weeks);
        }
        double x = customer.repeats();
        double shape = Math.abs(a - 1) < NUDGE ? 1 + NUDGE : a;
        double c = shape + b + x - 1;
        if (c < NUDGE && Math.abs(c - Math.rint(c)) < NUDGE) {
            c = Math.rint(c) + NUDGE;
        }
        double z = weeks / (alpha + customer.ageWeeks() + weeks);
        double power = c > 0 && (shape > ALIKE || r > ALIKE)
                ? Math.exp((r + x) * Math.log1p(-z) + logHypergeometric(r + x, b + x, c, z))
                : Math.exp((shape - 1) * Math.log1p(-z)) * hypergeometric(shape + b - 1 - r, shape - 1, c, z);
        double whileAlive = c / (shape - 1) * (1 - power);
        double least = 1 - silent(customer, weeks);
        double most = (r + x) / (alpha + customer.ageWeeks()) * weeks;
        return (whileAlive >= least ? Math.min(whileAlive, most) : least) * probabilityAlive(customer);
    }

    /**
     * Probability in [0, 1] of no purchase in the {@code weeks} after the cutoff: dropped out, or alive and silent. Given
     * alive, λ is gamma(r + x, α + T), hence ((α+T)/(α+T+t))^(r+x).
     */
    public double probabilityOfNoPurchase(PurchaseHistory customer, double weeks) {
        return 1 - probabilityAlive(customer) * (1 - silent(customer, weeks));
    }

    /** Probability of no purchase of who is alive. */
    private double silent(PurchaseHistory customer, double weeks) {
        double base = alpha + customer.ageWeeks();
        return Math.exp((r + customer.repeats()) * Math.log(base / (base + weeks)));
    }

    /** Gauss's series of ₂F₁(a, b; c; z) for 0 ≤ z &lt; 1. */
    static double hypergeometric(double a, double b, double c, double z) {
        double term = 1;
        double sum = 1;
        for (int n = 0; n < MAX_TERMS; n++) {
            term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z;
            sum += term;
            if (Math.abs(term) <= 1e-14 * Math.abs(sum) && n > -c) {
                return sum;
            }
        }
        return sum;
    }

    /** Logarithm of the same for a, b and c above 0, where all terms are: it may be larger than a double is. */
    static double logHypergeometric(double a, double b, double c, double z) {
        double term = 1;
        double sum = 1;
        double scale = 0;
        for (int n = 0; n < MAX_TERMS && term > 1e-14 * sum; n++) {
            term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z;
            sum += term;
            if (sum > LARGE) {
                term /= LARGE;
                sum /= LARGE;
                scale += Math.log(LARGE);
            }
        }
        return scale + Math.log(sum);
    }
}
