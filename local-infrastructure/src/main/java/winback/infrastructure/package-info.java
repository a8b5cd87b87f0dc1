/** Runs a real PostgreSQL and a real Kafka broker on this machine, from Maven artifacts, with data that survives. */
@NullMarked
package winback.infrastructure;

import org.jspecify.annotations.NullMarked;
