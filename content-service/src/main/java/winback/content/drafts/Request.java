package winback.content.drafts;

import java.util.List;

/**
 * What is wanted of a generator.
 *
 * @param count of mails; fewer come when the brief gives no more that differ
 * @param seed the same one gives the same mails, where a generator has it in its hands
 * @param stage {@code lapsed} or {@code lost}: some lines are for the second alone
 * @param taken subjects that there are already, for somebody who is not known by name
 */
public record Request(String language, int count, long seed, Style style, String stage, List<String> taken) {}
