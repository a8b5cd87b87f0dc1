/** Who must not be written to, by subscriber and by address. */
@NullMarked
package winback.delivery.suppression;

import org.jspecify.annotations.NullMarked;
