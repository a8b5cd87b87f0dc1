/** What became of the decisions: exposures, successes, posteriors. */
@NullMarked
package winback.content.learning;

import org.jspecify.annotations.NullMarked;
