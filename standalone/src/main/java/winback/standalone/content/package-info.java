/** Verbs for what mails say: generate and gate. Neither needs a running platform. */
@NullMarked
package winback.standalone.content;

import org.jspecify.annotations.NullMarked;
