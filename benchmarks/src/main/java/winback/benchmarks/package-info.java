/** Load tests of a running Winback. */
@NullMarked
package winback.benchmarks;

import org.jspecify.annotations.NullMarked;
