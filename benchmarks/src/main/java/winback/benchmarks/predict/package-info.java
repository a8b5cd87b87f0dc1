/** What a prediction takes, in process: no server, no network. */
@NullMarked
package winback.benchmarks.predict;

import org.jspecify.annotations.NullMarked;
