/** Long work that collects data sets first: asked for, collected, carried out, and found again after a restart. */
@NullMarked
package winback.prediction.jobs;

import org.jspecify.annotations.NullMarked;
