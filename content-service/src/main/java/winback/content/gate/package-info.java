/** What decides whether a draft may ever be sent. */
@NullMarked
package winback.content.gate;

import org.jspecify.annotations.NullMarked;
