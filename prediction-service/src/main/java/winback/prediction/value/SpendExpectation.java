package winback.prediction.value;

import java.util.List;
import winback.prediction.purchases.BgNbd;
import winback.prediction.purchases.GammaGamma;
import winback.prediction.purchases.PurchaseHistory;

/** Expected purchases times expected value of a purchase, taken as independent. */
public record SpendExpectation(BgNbd purchases, GammaGamma values) {

    /** Fitted on customers as they are known at a cutoff; needs no labels. */
    public static SpendExpectation fit(List<PurchaseHistory> customers) {
        return new SpendExpectation(BgNbd.fit(customers), GammaGamma.fit(customers));
    }

    /** Expected spend in the {@code days} after the cutoff, in the currency of the histories, ≥ 0. */
    public double of(PurchaseHistory customer, int days) {
        return purchases.expectedPurchases(customer, days / PurchaseHistory.DAYS_PER_WEEK)
                * values.expectedValue(customer);
    }

    /** The mean value of a purchase over all customers, by which spend can be told without a currency. */
    double unit() {
        return values.expectedValue(0, Double.NaN);
    }
}
