/** Topics that every instance reads whole, without a consumer group. */
@NullMarked
package winback.content.broadcast;

import org.jspecify.annotations.NullMarked;
