/** Files of orders: how they are laid out, and their import. */
@NullMarked
package winback.standalone.orders;

import org.jspecify.annotations.NullMarked;
