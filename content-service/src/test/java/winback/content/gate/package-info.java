@NullMarked
package winback.content.gate;

import org.jspecify.annotations.NullMarked;
