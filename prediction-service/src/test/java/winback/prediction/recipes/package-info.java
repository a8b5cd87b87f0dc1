@NullMarked
package winback.prediction.recipes;

import org.jspecify.annotations.NullMarked;
