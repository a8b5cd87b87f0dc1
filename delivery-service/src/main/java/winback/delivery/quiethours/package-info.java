/** The local hours at which nobody is mailed. */
@NullMarked
package winback.delivery.quiethours;

import org.jspecify.annotations.NullMarked;
