@NullMarked
package winback.prediction.rollout;

import org.jspecify.annotations.NullMarked;
