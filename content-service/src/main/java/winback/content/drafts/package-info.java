/** Mails before anybody receives them. */
@NullMarked
package winback.content.drafts;

import org.jspecify.annotations.NullMarked;
