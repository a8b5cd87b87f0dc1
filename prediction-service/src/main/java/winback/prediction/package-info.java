/** What to expect of a subscriber. */
@NullMarked
package winback.prediction;

import org.jspecify.annotations.NullMarked;
