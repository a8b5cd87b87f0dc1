/** What benchmarks stand on: servers and services in processes of their own, what Kafka tells, and the report. */
@NullMarked
package winback.benchmarks.rig;

import org.jspecify.annotations.NullMarked;
