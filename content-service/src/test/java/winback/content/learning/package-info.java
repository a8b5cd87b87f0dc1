@NullMarked
package winback.content.learning;

import org.jspecify.annotations.NullMarked;
