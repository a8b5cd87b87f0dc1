/** What to say to a subscriber. */
@NullMarked
package winback.content;

import org.jspecify.annotations.NullMarked;
