@NullMarked
package winback.content.llm;

import org.jspecify.annotations.NullMarked;
