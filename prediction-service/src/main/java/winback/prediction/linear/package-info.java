/** Generalised linear models over the features. */
@NullMarked
package winback.prediction.linear;

import org.jspecify.annotations.NullMarked;
