/** What writing, judging and rendering mails takes. */
@NullMarked
package winback.benchmarks.content;

import org.jspecify.annotations.NullMarked;
