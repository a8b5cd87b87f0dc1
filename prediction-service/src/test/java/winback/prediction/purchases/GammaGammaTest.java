package winback.prediction.purchases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import winback.prediction.SimulatedShop;

class GammaGammaTest {

    /** As Fader and Hardie publish for the 1/10 sample of CDNOW. */
    private static final GammaGamma PUBLISHED = new GammaGamma(6.25, 3.74, 15.44);

    @Test
    void shrinksAMeanTowardsEverybodysTheLessItRestsOn() {
        double everybody = PUBLISHED.expectedValue(0, Double.NaN);

        assertThat(everybody).isCloseTo(6.25 * 15.44 / 2.74, within(1e-9));
        assertThat(PUBLISHED.expectedValue(1, 100)).isBetween(everybody, 100.);
        assertThat(PUBLISHED.expectedValue(20, 100)).isBetween(PUBLISHED.expectedValue(1, 100), 100.);
        assertThat(PUBLISHED.expectedValue(10_000, 100)).isCloseTo(100, within(.1));
        // (15.44 + 2 × 22.35) × 6.25 ÷ (6.25 × 2 + 2.74)
        assertThat(PUBLISHED.expectedValue(2, 22.35)).isCloseTo(24.66, within(.01));
    }

    @Test
    void findsTheParametersThatValuesWereDrawnFrom() {
        SimulatedShop shop = new SimulatedShop(SimulatedShop.PUBLISHED, 20_000, 400, 4);

        GammaGamma found = GammaGamma.fit(shop.sample(399, 0).customers());

        assertThat(found.p()).isCloseTo(PUBLISHED.p(), within(1.));
        assertThat(found.q()).isCloseTo(PUBLISHED.q(), within(.4));
        assertThat(found.p() * found.gamma() / (found.q() - 1)).isCloseTo(35.2, within(1.5));
    }

    @Test
    void leavesCustomersWithoutAPositiveMeanToEverybodysMean() {
        assertThat(PUBLISHED.expectedValue(new PurchaseHistory(3, 2, 5, Double.NaN)))
                .isEqualTo(PUBLISHED.expectedValue(0, Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> GammaGamma.fit(List.of(new PurchaseHistory(3, 2, 5, 0))));
    }
}
