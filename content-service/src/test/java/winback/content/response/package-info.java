@NullMarked
package winback.content.response;

import org.jspecify.annotations.NullMarked;
