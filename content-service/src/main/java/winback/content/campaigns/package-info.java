/** Campaigns and their variants, as approved by a person, kept in memory for the path. */
@NullMarked
package winback.content.campaigns;

import org.jspecify.annotations.NullMarked;
