/** Which class fits and loads the model of which name. */
@NullMarked
package winback.prediction.recipes;

import org.jspecify.annotations.NullMarked;
