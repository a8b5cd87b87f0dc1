/** Expected spend: BG/NBD × Gamma-Gamma over the horizon, corrected by boosted trees. */
@NullMarked
package winback.prediction.value;

import org.jspecify.annotations.NullMarked;
