/** What somebody should look at: opened once, kept up to date, closed when it is over. */
@NullMarked
package winback.prediction.alerts;

import org.jspecify.annotations.NullMarked;
