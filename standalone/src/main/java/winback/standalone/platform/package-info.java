/** PostgreSQL, Kafka and the services on one data directory, and how to reach them. */
@NullMarked
package winback.standalone.platform;

import org.jspecify.annotations.NullMarked;
