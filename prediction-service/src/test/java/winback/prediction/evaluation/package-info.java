/** Tests. */
@NullMarked
package winback.prediction.evaluation;

import org.jspecify.annotations.NullMarked;
