/** Whether and when to send. */
@NullMarked
package winback.delivery;

import org.jspecify.annotations.NullMarked;
