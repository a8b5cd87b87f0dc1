/** Honest back-tests of the models on a file of orders, in a platform that is thrown away. */
@NullMarked
package winback.standalone.evaluation;

import org.jspecify.annotations.NullMarked;
