/** The published language of Winback: what crosses Kafka, as records, wire names and topics. */
@NullMarked
package winback.contracts;

import org.jspecify.annotations.NullMarked;
