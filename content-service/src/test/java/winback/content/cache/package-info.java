@NullMarked
package winback.content.cache;

import org.jspecify.annotations.NullMarked;
