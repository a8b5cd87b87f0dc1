@NullMarked
package winback.content.decisions;

import org.jspecify.annotations.NullMarked;
