/** What answers to earlier mails say of mails that nobody has received yet. */
@NullMarked
package winback.content.response;

import org.jspecify.annotations.NullMarked;
