/** Probability of no order within the horizon: BG/NBD's, corrected by boosted trees and calibrated. */
@NullMarked
package winback.prediction.churn;

import org.jspecify.annotations.NullMarked;
