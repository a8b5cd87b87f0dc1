@NullMarked
package winback.content.runs;

import org.jspecify.annotations.NullMarked;
