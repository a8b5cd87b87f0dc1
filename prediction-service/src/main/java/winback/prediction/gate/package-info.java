/** Whether a new model may take the place of the one that is served. Plain mathematics, no Spring. */
@NullMarked
package winback.prediction.gate;

import org.jspecify.annotations.NullMarked;
