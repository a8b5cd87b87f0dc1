/** The service over a real PostgreSQL and a real Kafka. */
@NullMarked
package winback.delivery;

import org.jspecify.annotations.NullMarked;
