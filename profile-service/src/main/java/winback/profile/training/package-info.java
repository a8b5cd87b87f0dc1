/** Replays history to a cutoff and publishes it as training rows. */
@NullMarked
package winback.profile.training;

import org.jspecify.annotations.NullMarked;
