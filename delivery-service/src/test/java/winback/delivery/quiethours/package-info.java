/** Tests of the rules alone. */
@NullMarked
package winback.delivery.quiethours;

import org.jspecify.annotations.NullMarked;
