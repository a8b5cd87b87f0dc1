/** The servers, started for real. */
@NullMarked
package winback.infrastructure;

import org.jspecify.annotations.NullMarked;
