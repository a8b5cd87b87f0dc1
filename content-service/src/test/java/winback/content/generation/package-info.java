@NullMarked
package winback.content.generation;

import org.jspecify.annotations.NullMarked;
