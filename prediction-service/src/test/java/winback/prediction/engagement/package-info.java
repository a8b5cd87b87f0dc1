@NullMarked
package winback.prediction.engagement;

import org.jspecify.annotations.NullMarked;
