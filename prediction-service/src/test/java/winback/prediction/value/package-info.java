/** Tests. */
@NullMarked
package winback.prediction.value;

import org.jspecify.annotations.NullMarked;
