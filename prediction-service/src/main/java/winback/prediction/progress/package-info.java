/** How far a long computation is, and how it is stopped. No Spring. */
@NullMarked
package winback.prediction.progress;

import org.jspecify.annotations.NullMarked;
