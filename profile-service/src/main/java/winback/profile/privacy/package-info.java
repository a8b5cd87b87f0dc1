/** What a person may ask for: what is known of them, what they agreed to, and to be forgotten. */
@NullMarked
package winback.profile.privacy;

import org.jspecify.annotations.NullMarked;
