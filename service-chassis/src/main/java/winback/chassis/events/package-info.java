/** CloudEvents 1.0 on Kafka: publishing, reading, parking what cannot be read. */
@NullMarked
package winback.chassis.events;

import org.jspecify.annotations.NullMarked;
