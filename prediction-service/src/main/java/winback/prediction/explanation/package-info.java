/** Why a score is what it is, in words. No Spring. */
@NullMarked
package winback.prediction.explanation;

import org.jspecify.annotations.NullMarked;
