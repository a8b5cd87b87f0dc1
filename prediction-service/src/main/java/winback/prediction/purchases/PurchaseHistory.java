package winback.prediction.purchases;

/**
 * What BG/NBD and Gamma-Gamma know of a customer. Purchases of one day count as one.
 *
 * @param repeats x: days with a purchase after the first such day, ≥ 0
 * @param lastWeek t_x: weeks from the first to the last purchase, 0 without repeats
 * @param ageWeeks T: weeks from the first purchase to the cutoff, ≥ t_x
 * @param meanValue mean spend of a purchase day, the first one included; NaN when unknown
 */
public record PurchaseHistory(double repeats, double lastWeek, double ageWeeks, double meanValue) {

    /** Days in the models' unit of time. */
    public static final double DAYS_PER_WEEK = 7;

    /** Of who has just bought for the first time, at an unknown price. */
    public static final PurchaseHistory NEW = new PurchaseHistory(0, 0, 0, Double.NaN);

    public PurchaseHistory {
        if (!(repeats >= 0 && lastWeek >= 0 && ageWeeks >= lastWeek)) {
            throw new IllegalArgumentException(
                    "Invalid purchase history: x " + repeats + ", t_x " + lastWeek + ", T " + ageWeeks);
        }
    }
}
