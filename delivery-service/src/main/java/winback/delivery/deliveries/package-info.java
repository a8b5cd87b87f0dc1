/** The schedule of mails: planned from decisions, checked again when due, published once. */
@NullMarked
package winback.delivery.deliveries;

import org.jspecify.annotations.NullMarked;
