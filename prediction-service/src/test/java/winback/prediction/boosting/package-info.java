@NullMarked
package winback.prediction.boosting;

import org.jspecify.annotations.NullMarked;
