/** What is known about a subscriber: the incremental state, and the features computed from it as of any instant. */
@NullMarked
package winback.profile.features;

import org.jspecify.annotations.NullMarked;
