/** Applies activity to the subscribers' profiles, publishes the changes, and answers who somebody is. */
@NullMarked
package winback.profile.subscribers;

import org.jspecify.annotations.NullMarked;
