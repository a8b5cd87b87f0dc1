/** Several instances that share the subscribers among them: who has whom, and asking another one. */
@NullMarked
package winback.content.instances;

import org.jspecify.annotations.NullMarked;
