@NullMarked
package winback.prediction.forests;

import org.jspecify.annotations.NullMarked;
