/** Figures that change rarely and are looked at often. */
@NullMarked
package winback.prediction.gauges;

import org.jspecify.annotations.NullMarked;
