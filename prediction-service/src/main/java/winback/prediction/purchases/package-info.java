/** Models of buying and dropping out: BG/NBD for how often, Gamma-Gamma for how much. Plain mathematics, no Spring. */
@NullMarked
package winback.prediction.purchases;

import org.jspecify.annotations.NullMarked;
