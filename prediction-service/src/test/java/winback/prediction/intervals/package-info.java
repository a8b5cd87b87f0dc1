@NullMarked
package winback.prediction.intervals;

import org.jspecify.annotations.NullMarked;
