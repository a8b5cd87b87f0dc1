/** Rounds of work that a table asks for. */
@NullMarked
package winback.delivery.polling;

import org.jspecify.annotations.NullMarked;
