/** Mails put together from phrases and a brief, in two languages, without a network. */
@NullMarked
package winback.content.composer;

import org.jspecify.annotations.NullMarked;
