@NullMarked
package winback.content.previews;

import org.jspecify.annotations.NullMarked;
