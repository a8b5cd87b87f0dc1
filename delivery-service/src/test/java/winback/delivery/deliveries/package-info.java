/** Tests of the rules alone. */
@NullMarked
package winback.delivery.deliveries;

import org.jspecify.annotations.NullMarked;
