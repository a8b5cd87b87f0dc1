@NullMarked
package winback.prediction.explanation;

import org.jspecify.annotations.NullMarked;
