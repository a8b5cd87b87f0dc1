/** Tests of the rules alone. */
@NullMarked
package winback.delivery.recipients;

import org.jspecify.annotations.NullMarked;
