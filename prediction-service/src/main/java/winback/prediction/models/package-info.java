/** What a model is, what it is fitted on, and the registry of those that were. */
@NullMarked
package winback.prediction.models;

import org.jspecify.annotations.NullMarked;
