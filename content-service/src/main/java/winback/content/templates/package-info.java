/** Liquid templates that escape by the place of each output. */
@NullMarked
package winback.content.templates;

import org.jspecify.annotations.NullMarked;
