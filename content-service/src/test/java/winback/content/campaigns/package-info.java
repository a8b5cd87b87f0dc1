@NullMarked
package winback.content.campaigns;

import org.jspecify.annotations.NullMarked;
