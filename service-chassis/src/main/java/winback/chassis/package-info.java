/** The manners that every service of Winback has: wired in by auto-configuration, free of business. */
@NullMarked
package winback.chassis;

import org.jspecify.annotations.NullMarked;
