@NullMarked
package winback.content.policy;

import org.jspecify.annotations.NullMarked;
