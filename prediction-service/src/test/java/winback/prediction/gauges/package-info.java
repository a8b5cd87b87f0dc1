/** Tests. */
@NullMarked
package winback.prediction.gauges;

import org.jspecify.annotations.NullMarked;
