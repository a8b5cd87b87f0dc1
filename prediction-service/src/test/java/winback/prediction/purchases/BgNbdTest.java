package winback.prediction.purchases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import winback.prediction.SimulatedShop;

class BgNbdTest {

    /** The parameters that Fader, Hardie and Lee publish for the 1/10 sample of CDNOW, 39 weeks. */
    private static final BgNbd PUBLISHED = new BgNbd(.243, 4.414, .793, 2.426);

    @Test
    void expectsWhatThePaperExpectsOfItsFirstCustomer() {
        // Bought again twice, last in week 30.43 of 38.86; 1.226 purchases are expected in the next 39 weeks.
        assertThat(PUBLISHED.expectedPurchases(new PurchaseHistory(2, 30.43, 38.86, 20), 39))
                .isCloseTo(1.226, within(.001));
    }

    @Test
    void findsTheParametersThatCustomersWereDrawnFrom() {
        SimulatedShop shop = new SimulatedShop(SimulatedShop.PUBLISHED, 20_000, 400, 1);

        BgNbd found = BgNbd.fit(shop.sample(399, 0).customers());

        assertThat(found.r()).isCloseTo(PUBLISHED.r(), within(.03));
        assertThat(found.alpha()).isCloseTo(PUBLISHED.alpha(), within(.7));
        // a and b trade against each other; the mean drop-out is what the data tell.
        assertThat(found.a() / (found.a() + found.b()))
                .isCloseTo(PUBLISHED.a() / (PUBLISHED.a() + PUBLISHED.b()), within(.05));
    }

    @Test
    void noParametersNearbyAreMoreLikelyThanTheFittedOnes() {
        List<PurchaseHistory> customers = new SimulatedShop(SimulatedShop.BUSY, 2_000, 400, 2)
                .sample(399, 0)
                .customers();
        BgNbd best = BgNbd.fit(customers);
        double likelihood = best.logLikelihood(customers);

        for (double factor : new double[] {.97, 1.03}) {
            assertThat(new BgNbd(best.r() * factor, best.alpha(), best.a(), best.b()).logLikelihood(customers))
                    .isLessThan(likelihood);
            assertThat(new BgNbd(best.r(), best.alpha() * factor, best.a(), best.b()).logLikelihood(customers))
                    .isLessThan(likelihood);
            assertThat(new BgNbd(best.r(), best.alpha(), best.a() * factor, best.b()).logLikelihood(customers))
                    .isLessThan(likelihood);
            assertThat(new BgNbd(best.r(), best.alpha(), best.a(), best.b() * factor).logLikelihood(customers))
                    .isLessThan(likelihood);
        }
    }

    @Test
    void predictsWhatSimulatedCustomersThenDo() {
        SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 20_000, 700, 3);
        var rows = shop.sample(399, 300);
        BgNbd model = BgNbd.fit(rows.customers());

        double expected = rows.customers().stream()
                .mapToDouble(customer -> model.expectedPurchases(customer, 300 / 7.))
                .sum();
        double silent = rows.customers().stream()
                .mapToDouble(customer -> model.probabilityOfNoPurchase(customer, 300 / 7.))
                .sum();

        double bought = shop.rows(399, 300).stream()
                .mapToDouble(SimulatedShop.Row::orders)
                .sum();
        double stayedSilent = java.util.Arrays.stream(rows.churned()).sum();
        assertThat(expected / bought).isCloseTo(1, within(.06));
        assertThat(silent / stayedSilent).isCloseTo(1, within(.03));
    }

    @Property(tries = 300)
    void moreTimeBringsMorePurchasesAndLessSilence(
            @ForAll @IntRange(max = 400) int repeats,
            @ForAll @DoubleRange(min = .01, max = 300) double age,
            @ForAll @DoubleRange(max = 1) double recency,
            @ForAll @DoubleRange(min = .1, max = 200) double weeks,
            @ForAll @DoubleRange(min = .05, max = 3) double a,
            @ForAll @DoubleRange(min = .05, max = 5) double b) {
        BgNbd model = new BgNbd(.243, 4.414, a, b);
        PurchaseHistory customer = new PurchaseHistory(repeats, repeats == 0 ? 0 : age * recency, age, 20);

        double shorter = model.expectedPurchases(customer, weeks);
        double longer = model.expectedPurchases(customer, weeks * 1.5);
        double silence = model.probabilityOfNoPurchase(customer, weeks);

        assertThat(shorter).isFinite().isNotNegative();
        assertThat(longer).isGreaterThanOrEqualTo(shorter - 1e-9);
        assertThat(silence).isBetween(0., 1.);
        assertThat(model.probabilityOfNoPurchase(customer, weeks * 1.5)).isLessThanOrEqualTo(silence);
        // Markov: P(at least one) ≤ E(number).
        assertThat(1 - silence).isLessThanOrEqualTo(shorter + 1e-6);
    }

    @Property(tries = 2_000)
    void anyParametersThatAFitCanFindExpectNoLessThanOnePurchaseAndNoMoreThanNobodyLeaving(
            @ForAll @DoubleRange(min = -8, max = 12) double logR,
            @ForAll @DoubleRange(min = -8, max = 12) double logAlpha,
            @ForAll @DoubleRange(min = -8, max = 12) double logA,
            @ForAll @DoubleRange(min = -8, max = 12) double logB,
            @ForAll @IntRange(max = 400) int repeats,
            @ForAll @DoubleRange(min = .01, max = 300) double age,
            @ForAll @DoubleRange(min = .1, max = 200) double weeks) {
        BgNbd model = new BgNbd(Math.exp(logR), Math.exp(logAlpha), Math.exp(logA), Math.exp(logB));
        PurchaseHistory customer = new PurchaseHistory(repeats, repeats == 0 ? 0 : age / 2, age, 20);

        double expected = model.expectedPurchases(customer, weeks);

        double ofNobodyLeaving = (model.r() + repeats) / (model.alpha() + age) * weeks;
        assertThat(expected)
                .isGreaterThanOrEqualTo((1 - model.probabilityOfNoPurchase(customer, weeks)) * (1 - 1e-4) - 1e-9)
                .isLessThanOrEqualTo(ofNobodyLeaving * model.probabilityAlive(customer) * (1 + 1e-4) + 1e-9);
    }

    @Test
    void whereAllDropOutAlikeItIsAsIfTheirProbabilityWereKnown() {
        BgNbd alike = new BgNbd(2.4, 25.3, 33_542, 126_186);
        PurchaseHistory customer = new PurchaseHistory(3, 13.9, 33.9, 10);
        double p = 33_542. / (33_542 + 126_186 + 3);
        double base = 25.3 + 33.9;

        assertThat(alike.expectedPurchases(customer, 8.6))
                .isCloseTo(
                        (1 - Math.pow(base / (base + p * 8.6), 5.4)) / p * alike.probabilityAlive(customer),
                        within(1e-4));
    }

    @Property(tries = 300)
    void bothFormsExpectTheSameWhereTheyMeet(
            @ForAll @IntRange(max = 50) int repeats,
            @ForAll @DoubleRange(min = 1, max = 100) double age,
            @ForAll @DoubleRange(min = 1, max = 20) double weeks,
            @ForAll @DoubleRange(min = .5, max = 50) double b) {
        PurchaseHistory customer = new PurchaseHistory(repeats, repeats == 0 ? 0 : age / 2, age, 20);
        for (boolean ofA : List.of(true, false)) {
            double below = new BgNbd(ofA ? .5 : 20, 20, ofA ? 20 : .9, b).expectedPurchases(customer, weeks);
            double above = new BgNbd(ofA ? .5 : Math.nextUp(20.), 20, ofA ? Math.nextUp(20.) : .9, b)
                    .expectedPurchases(customer, weeks);
            assertThat(above).isCloseTo(below, within(1e-6 * below));
        }
    }

    @Test
    void expectsWhatIntegrationExpects() {
        // E = P(alive) · (r + x) · ∫∫ beta(p; a, b + x) (α+T)^(r+x) ÷ (α + T + p·s)^(r+x+1) dp ds
        for (PurchaseHistory customer : List.of(
                new PurchaseHistory(0, 0, 3, 20),
                new PurchaseHistory(3, 20, 30, 20),
                new PurchaseHistory(25, 36, 38, 20))) {
            double shape = PUBLISHED.r() + customer.repeats();
            double base = PUBLISHED.alpha() + customer.ageWeeks();
            Random random = new Random(5);
            int draws = 200_000;
            double sum = 0;
            for (int i = 0; i < draws; i++) {
                double u = beta(random, PUBLISHED.a(), PUBLISHED.b() + customer.repeats());
                // The inner integral over s from 0 to 39 in closed form.
                sum += (1 - Math.pow(base / (base + u * 39), shape)) / u;
            }
            assertThat(PUBLISHED.expectedPurchases(customer, 39))
                    .isCloseTo(sum / draws * PUBLISHED.probabilityAlive(customer), within(.02 * sum / draws));
        }
    }

    /** By Jöhnk's method: u^(1/a) ÷ (u^(1/a) + v^(1/b)) where the sum is at most 1. */
    private static double beta(Random random, double a, double b) {
        while (true) {
            double x = Math.pow(random.nextDouble(), 1 / a);
            double y = Math.pow(random.nextDouble(), 1 / b);
            if (x + y > 0 && x + y <= 1) {
                return x / (x + y);
            }
        }
    }

    @Test
    void refusesWhatIsNoPurchaseHistory() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PurchaseHistory(1, 5, 4, 20));
        assertThatIllegalArgumentException().isThrownBy(() -> new PurchaseHistory(Double.NaN, 0, 4, 20));
        assertThatIllegalArgumentException().isThrownBy(() -> BgNbd.fit(List.of()));
    }
}
