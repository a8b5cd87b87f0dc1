@NullMarked
package winback.prediction.progress;

import org.jspecify.annotations.NullMarked;
