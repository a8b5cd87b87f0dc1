/** Who may call what: API keys with roles. */
@NullMarked
package winback.chassis.access;

import org.jspecify.annotations.NullMarked;
