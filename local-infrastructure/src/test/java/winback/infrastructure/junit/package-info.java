/** The extension, used as the services' tests use it. */
@NullMarked
package winback.infrastructure.junit;

import org.jspecify.annotations.NullMarked;
