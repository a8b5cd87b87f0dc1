/** Data sets that profile-service is asked for, and their collection. */
@NullMarked
package winback.prediction.datasets;

import org.jspecify.annotations.NullMarked;
