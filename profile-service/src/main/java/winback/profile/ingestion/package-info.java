/** Takes activity in over the Segment HTTP API and hands it to Kafka. */
@NullMarked
package winback.profile.ingestion;

import org.jspecify.annotations.NullMarked;
