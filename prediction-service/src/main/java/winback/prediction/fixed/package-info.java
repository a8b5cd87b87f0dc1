/** The mission's ensembles as it names them, with fixed weights: what the served models have to stand beside. No Spring. */
@NullMarked
package winback.prediction.fixed;

import org.jspecify.annotations.NullMarked;
