/** How far a prediction may be off, by how far predictions were off on rows that nobody had learned from. No Spring. */
@NullMarked
package winback.prediction.intervals;

import org.jspecify.annotations.NullMarked;
