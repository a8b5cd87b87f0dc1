@NullMarked
package winback.prediction.gate;

import org.jspecify.annotations.NullMarked;
