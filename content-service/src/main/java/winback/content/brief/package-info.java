/** What a person approved once: what may be said, offered and linked to. */
@NullMarked
package winback.content.brief;

import org.jspecify.annotations.NullMarked;
