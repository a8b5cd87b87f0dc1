/** Campaign runs: one decision for each subscriber of an audience. */
@NullMarked
package winback.content.runs;

import org.jspecify.annotations.NullMarked;
