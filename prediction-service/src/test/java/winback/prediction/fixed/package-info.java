@NullMarked
package winback.prediction.fixed;

import org.jspecify.annotations.NullMarked;
