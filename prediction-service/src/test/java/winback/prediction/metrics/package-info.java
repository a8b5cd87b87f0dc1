/** Tests. */
@NullMarked
package winback.prediction.metrics;

import org.jspecify.annotations.NullMarked;
