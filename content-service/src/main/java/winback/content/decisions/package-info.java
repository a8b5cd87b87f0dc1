/** The personalisation path: one decision for one subscriber. */
@NullMarked
package winback.content.decisions;

import org.jspecify.annotations.NullMarked;
