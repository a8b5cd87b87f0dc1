@NullMarked
package winback.prediction.nets;

import org.jspecify.annotations.NullMarked;
