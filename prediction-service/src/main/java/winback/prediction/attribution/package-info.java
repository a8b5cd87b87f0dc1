/** What moves one prediction away from the usual one, as a model and its members tell it. No Spring. */
@NullMarked
package winback.prediction.attribution;

import org.jspecify.annotations.NullMarked;
