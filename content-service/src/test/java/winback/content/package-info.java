/** Tests of the service as a whole, over a real PostgreSQL and a real Kafka. */
@NullMarked
package winback.content;

import org.jspecify.annotations.NullMarked;
