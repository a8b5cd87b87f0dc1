/** The whole path on real purchases, shown step by step. */
@NullMarked
package winback.standalone.demo;

import org.jspecify.annotations.NullMarked;
