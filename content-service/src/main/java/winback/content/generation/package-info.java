/** From a brief to mails that have passed the gate. */
@NullMarked
package winback.content.generation;

import org.jspecify.annotations.NullMarked;
