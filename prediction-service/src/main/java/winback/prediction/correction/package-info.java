/** What a linear model and trees add to a first guess, weighed by what they are worth on rows that they did not see. */
@NullMarked
package winback.prediction.correction;

import org.jspecify.annotations.NullMarked;
