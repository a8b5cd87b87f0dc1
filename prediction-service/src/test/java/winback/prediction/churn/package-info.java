/** Tests. */
@NullMarked
package winback.prediction.churn;

import org.jspecify.annotations.NullMarked;
