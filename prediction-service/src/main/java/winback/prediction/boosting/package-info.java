/** Gradient-boosted trees (XGBoost) that correct a given first guess. No Spring. */
@NullMarked
package winback.prediction.boosting;

import org.jspecify.annotations.NullMarked;
