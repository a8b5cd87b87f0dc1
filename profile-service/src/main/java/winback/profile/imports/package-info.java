/** Reads history from files and hands it to Kafka. */
@NullMarked
package winback.profile.imports;

import org.jspecify.annotations.NullMarked;
