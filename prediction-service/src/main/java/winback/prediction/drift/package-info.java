/** Whether the world still looks as it did when the live models were fitted, and whether what they said came true. */
@NullMarked
package winback.prediction.drift;

import org.jspecify.annotations.NullMarked;
