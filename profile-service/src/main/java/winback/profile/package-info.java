/** Who the subscriber is. */
@NullMarked
package winback.profile;

import org.jspecify.annotations.NullMarked;
