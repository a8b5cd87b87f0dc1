@NullMarked
package winback.prediction.linear;

import org.jspecify.annotations.NullMarked;
