@NullMarked
package winback.prediction.correction;

import org.jspecify.annotations.NullMarked;
