/** Mails as they would be served, before anybody is sent one. */
@NullMarked
package winback.content.previews;

import org.jspecify.annotations.NullMarked;
