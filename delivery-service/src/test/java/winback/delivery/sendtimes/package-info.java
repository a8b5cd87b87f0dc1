/** Tests of the rules alone. */
@NullMarked
package winback.delivery.sendtimes;

import org.jspecify.annotations.NullMarked;
