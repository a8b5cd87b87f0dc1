/** What a service has heard of merges and erasures, so that what arrives late belongs to the right person or to nobody. */
@NullMarked
package winback.chassis.identities;

import org.jspecify.annotations.NullMarked;
