/** Tests. */
@NullMarked
package winback.prediction.drift;

import org.jspecify.annotations.NullMarked;
