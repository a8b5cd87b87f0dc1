/** Who could be written to: address, consent and time zone of each subscriber. */
@NullMarked
package winback.delivery.recipients;

import org.jspecify.annotations.NullMarked;
