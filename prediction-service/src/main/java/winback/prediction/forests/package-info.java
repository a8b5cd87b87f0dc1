/** Forests: trained by Smile, flattened into arrays to be served. No Spring. */
@NullMarked
package winback.prediction.forests;

import org.jspecify.annotations.NullMarked;
