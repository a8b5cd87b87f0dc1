@NullMarked
package winback.content.templates;

import org.jspecify.annotations.NullMarked;
