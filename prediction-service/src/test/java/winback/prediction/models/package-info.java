/** Tests. */
@NullMarked
package winback.prediction.models;

import org.jspecify.annotations.NullMarked;
