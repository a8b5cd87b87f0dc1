/** How a command reads its arguments and speaks to the person at the terminal. */
@NullMarked
package winback.standalone.cli;

import org.jspecify.annotations.NullMarked;
