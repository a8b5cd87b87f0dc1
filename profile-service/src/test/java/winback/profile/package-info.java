/** Tests of the profile service as a whole, over a real PostgreSQL and a real Kafka. */
@NullMarked
package winback.profile;

import org.jspecify.annotations.NullMarked;
