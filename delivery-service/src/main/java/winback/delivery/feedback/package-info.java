/** Responses and complaints as they arrive, each counted once. */
@NullMarked
package winback.delivery.feedback;

import org.jspecify.annotations.NullMarked;
