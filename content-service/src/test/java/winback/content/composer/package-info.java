@NullMarked
package winback.content.composer;

import org.jspecify.annotations.NullMarked;
