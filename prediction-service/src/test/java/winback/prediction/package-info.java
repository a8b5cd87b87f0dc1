/** Tests of the service as a whole, and what they share. */
@NullMarked
package winback.prediction;

import org.jspecify.annotations.NullMarked;
