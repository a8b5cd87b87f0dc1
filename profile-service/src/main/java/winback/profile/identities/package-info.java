/** Which ids are one person, and which are forgotten. */
@NullMarked
package winback.profile.identities;

import org.jspecify.annotations.NullMarked;
