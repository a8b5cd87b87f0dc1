/** A bounded local log of what is on its way to Kafka. */
@NullMarked
package winback.content.journal;

import org.jspecify.annotations.NullMarked;
