/** Looks for what is left of an erased person: in every table, topic and file of a platform. */
@NullMarked
package winback.standalone.traces;

import org.jspecify.annotations.NullMarked;
