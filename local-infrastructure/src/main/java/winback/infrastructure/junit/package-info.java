/** Gives tests a PostgreSQL and a Kafka broker before anything else starts. */
@NullMarked
package winback.infrastructure.junit;

import org.jspecify.annotations.NullMarked;
