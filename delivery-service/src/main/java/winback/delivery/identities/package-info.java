/** Merges and erasures, carried out by every feature that holds something of the subscriber. */
@NullMarked
package winback.delivery.identities;

import org.jspecify.annotations.NullMarked;
