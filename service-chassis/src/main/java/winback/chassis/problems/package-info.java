/** Errors as RFC 9457 problem details, on every path. */
@NullMarked
package winback.chassis.problems;

import org.jspecify.annotations.NullMarked;
