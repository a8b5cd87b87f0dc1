package winback.content.campaigns;

import java.util.Map;
import winback.content.templates.MailTemplate;

/**
 * One thing that a campaign may say, as approved.
 *
 * @param version from 1; the one that new decisions use
 * @param live whether new decisions may choose it
 * @param exposures decisions for it that were seen or sent
 * @param successes of them, answered by a click or an order
 * @param readers what of both is of each kind of reader, those with a taste by themselves
 * @param liveliness of its words, from -1 to 1; 0 where its style is not known
 */
public record Variant(
        String variantId,
        int version,
        boolean live,
        MailTemplate.Source source,
        MailTemplate mail,
        long exposures,
        long successes,
        Map<String, Record> readers,
        double liveliness) {

    /** Exposures, and successes among them. */
    public record Record(long exposures, long successes) {

        static final Record NONE = new Record(0, 0);
    }

    Record of(String reader) {
        return readers.getOrDefault(reader, Record.NONE);
    }
}
