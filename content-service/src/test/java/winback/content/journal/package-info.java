@NullMarked
package winback.content.journal;

import org.jspecify.annotations.NullMarked;
