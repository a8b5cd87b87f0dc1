/** What profile-service takes in, applies and publishes, measured on servers of its own. */
@NullMarked
package winback.benchmarks.ingest;

import org.jspecify.annotations.NullMarked;
