/** What is known of each subscriber, in memory. */
@NullMarked
package winback.content.cache;

import org.jspecify.annotations.NullMarked;
