/** The clock that everything reads. */
@NullMarked
package winback.chassis.time;

import org.jspecify.annotations.NullMarked;
