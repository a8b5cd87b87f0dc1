/** Time-split back-tests: models against simple methods, on what happened after everything they were fitted on. */
@NullMarked
package winback.prediction.evaluation;

import org.jspecify.annotations.NullMarked;
