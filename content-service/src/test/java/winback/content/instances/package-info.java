@NullMarked
package winback.content.instances;

import org.jspecify.annotations.NullMarked;
