@NullMarked
package winback.content.brief;

import org.jspecify.annotations.NullMarked;
