/** What money of other currencies is worth in the deployment's, by day. */
@NullMarked
package winback.profile.money;

import org.jspecify.annotations.NullMarked;
