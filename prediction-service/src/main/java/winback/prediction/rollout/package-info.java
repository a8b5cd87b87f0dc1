/** What is served of each model, since when and why: promotion, canary, roll-back. */
@NullMarked
package winback.prediction.rollout;

import org.jspecify.annotations.NullMarked;
