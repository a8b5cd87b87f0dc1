/** HTTP clients that leave most of a machine's processors to the server: a closed loop, and arrivals at a constant rate. */
@NullMarked
package winback.benchmarks.load;

import org.jspecify.annotations.NullMarked;
