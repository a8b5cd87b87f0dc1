/** Live scores: profiles in, scores out, and everyone again when a new model goes live. */
@NullMarked
package winback.prediction.scoring;

import org.jspecify.annotations.NullMarked;
