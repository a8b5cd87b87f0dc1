/** Mails that a language model writes, of any endpoint that speaks OpenAI's protocol. */
@NullMarked
package winback.content.llm;

import org.jspecify.annotations.NullMarked;
