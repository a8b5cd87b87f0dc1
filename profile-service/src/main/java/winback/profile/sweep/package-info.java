/** Lets time pass: recomputes everybody as of now. */
@NullMarked
package winback.profile.sweep;

import org.jspecify.annotations.NullMarked;
