/** How good predictions are. Plain mathematics, no Spring. */
@NullMarked
package winback.prediction.metrics;

import org.jspecify.annotations.NullMarked;
