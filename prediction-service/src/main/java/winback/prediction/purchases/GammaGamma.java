package winback.prediction.purchases;

import static org.hipparchus.special.Gamma.logGamma;

import java.util.Collection;
import java.util.List;

/**
 * Gamma-Gamma: the value of a purchase day is gamma(p, ν) around the customer's own mean, and over customers ν is
 * gamma(q, γ). Value is taken to be independent of frequency.
 *
 * <p>[1] P. S. Fader, B. G. S. Hardie (2013), The Gamma-Gamma Model of Monetary Value, brucehardie.com/notes/025.
 *
 * <p>Differs from the note in what is averaged: all of a customer's purchase days, the first one included, so that a
 * customer of one purchase has a value too.
 *
 * @param p shape of a customer's purchase values, &gt; 0
 * @param q shape of the customers' scales, &gt; 1
 * @param gamma γ, scale of the customers' scales in the currency's unit, &gt; 0
 */
public record GammaGamma(double p, double q, double gamma) {

    /** Below a mean population value of one unit of γ·p/(q−1) there is none: q ≤ 1 has no mean. */
    private static final double LEAST_Q = 1.01;

    public GammaGamma {
        if (!(p > 0 && q > 1 && gamma > 0)) {
            throw new IllegalArgumentException("Invalid Gamma-Gamma parameters: " + p + ", " + q + ", " + gamma);
        }
    }

    /** Fitted by maximum likelihood to the customers with a positive mean value. */
    public static GammaGamma fit(Collection<PurchaseHistory> customers) {
        List<PurchaseHistory> payers =
                customers.stream().filter(customer -> customer.meanValue() > 0).toList();
        if (payers.isEmpty()) {
            throw new IllegalArgumentException("No customer with a positive mean value");
        }
        double mean = payers.stream()
                .mapToDouble(PurchaseHistory::meanValue)
                .average()
                .orElseThrow();
        // Fitted in units of the mean, so that the currency does not matter to the search.
        double[] found = Simplex.maximise(
                parameters -> {
                    if (parameters[1] <= LEAST_Q) {
                        return -1e6 * (1 + LEAST_Q - parameters[1]);
                    }
                    double sum = 0;
                    for (PurchaseHistory payer : payers) {
                        sum += logDensity(
                                parameters[0],
                                parameters[1],
                                parameters[2],
                                payer.repeats() + 1,
                                payer.meanValue() / mean);
                    }
                    return sum / payers.size();
                },
                new double[] {5, 4, .6});
        return new GammaGamma(found[0], found[1], found[2] * mean);
    }

    /** Log-likelihood of mean value z of x purchases, [1] equation 1a. */
    private static double logDensity(double p, double q, double gamma, double x, double z) {
        return logGamma(p * x + q)
                - logGamma(p * x)
                - logGamma(q)
                + q * Math.log(gamma)
                + (p * x - 1) * Math.log(z)
                + p * x * Math.log(x)
                - (p * x + q) * Math.log(gamma + x * z);
    }

    /** Log-likelihood of the customers' mean values; those without a positive one are left out. */
    public double logLikelihood(Collection<PurchaseHistory> customers) {
        return customers.stream()
                .filter(customer -> customer.meanValue() > 0)
                .mapToDouble(customer -> logDensity(p, q, gamma, customer.repeats() + 1, customer.meanValue()))
                .sum();
    }

    /** Expected value of a purchase day, [1] equation 5; the population's mean where the customer's own is unknown. */
    public double expectedValue(PurchaseHistory customer) {
        return expectedValue(customer.repeats() + 1, customer.meanValue());
    }

    /** As above, of {@code purchases} days with mean value {@code mean}. */
    public double expectedValue(double purchases, double mean) {
        return mean > 0 ? p * (gamma + purchases * mean) / (p * purchases + q - 1) : p * gamma / (q - 1);
    }
}
