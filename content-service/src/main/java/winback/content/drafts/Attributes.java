package winback.content.drafts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a mail is made of, as outcomes are learned over.
 *
 * @param strategy such as {@code curiosity}
 * @param offerId the offer that it makes; absent for none
 * @param facts ids of the facts and products that it names
 * @param formality in [0, 1], as are warmth and energy
 * @param emoji whether the subject has one
 * @param personal whether the subject names its reader where the name is known
 * @param subjectLength characters, where the name is not known
 * @param bodyWords of the text part, without the footer
 */
public record Attributes(
        String strategy,
        @Nullable String offerId,
        List<String> facts,
        double formality,
        double warmth,
        double energy,
        boolean emoji,
        boolean personal,
        int subjectLength,
        int bodyWords) {}
