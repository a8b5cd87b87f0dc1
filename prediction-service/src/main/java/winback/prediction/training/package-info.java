/** Trainings: which data they need, whether what they made is served, and the registry over HTTP. */
@NullMarked
package winback.prediction.training;

import org.jspecify.annotations.NullMarked;
