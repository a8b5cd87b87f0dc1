package winback.prediction.models;

import winback.prediction.boosting.BoostingOptions;

/**
 * How a model is to be fitted.
 *
 * @param horizonDays what its predictions refer to, 1 to 3,660
 * @param trees the boosting
 */
public record ModelOptions(int horizonDays, BoostingOptions trees) {

    /** Ten years: further ahead nothing here is a prediction. */
    public static final int MAX_HORIZON_DAYS = 3_660;

    public ModelOptions {
        if (horizonDays < 1 || horizonDays > MAX_HORIZON_DAYS) {
            throw new IllegalArgumentException("Invalid horizon in days: " + horizonDays);
        }
    }
}
