/** Tests of state and features alone. */
@NullMarked
package winback.profile.features;

import org.jspecify.annotations.NullMarked;
