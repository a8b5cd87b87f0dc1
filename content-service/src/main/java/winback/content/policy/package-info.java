/** Which variant to show: posteriors, arm probabilities and the draw. */
@NullMarked
package winback.content.policy;

import org.jspecify.annotations.NullMarked;
