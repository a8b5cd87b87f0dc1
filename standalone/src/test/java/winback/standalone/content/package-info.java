@NullMarked
package winback.standalone.content;

import org.jspecify.annotations.NullMarked;
