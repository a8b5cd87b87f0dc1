@NullMarked
package winback.content.taste;

import org.jspecify.annotations.NullMarked;
