/** Probability that a subscriber opens or clicks: members, stacking and calibration, over features or any table. */
@NullMarked
package winback.prediction.engagement;

import org.jspecify.annotations.NullMarked;
