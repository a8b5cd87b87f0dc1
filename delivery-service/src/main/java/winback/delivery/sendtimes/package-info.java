/** At which hours each subscriber responds, learned from responses. */
@NullMarked
package winback.delivery.sendtimes;

import org.jspecify.annotations.NullMarked;
