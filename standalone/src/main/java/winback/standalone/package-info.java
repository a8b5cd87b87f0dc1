/** Winback on one machine: what the launcher's verbs do. */
@NullMarked
package winback.standalone;

import org.jspecify.annotations.NullMarked;
