/** {@code ./winback bench personalization}: what a personalisation takes, and what it stands. */
@NullMarked
package winback.benchmarks.personalize;

import org.jspecify.annotations.NullMarked;
