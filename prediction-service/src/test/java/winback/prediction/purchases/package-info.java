/** Tests. */
@NullMarked
package winback.prediction.purchases;

import org.jspecify.annotations.NullMarked;
