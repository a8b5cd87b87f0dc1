package winback.content.campaigns;

import winback.content.templates.MailTemplate;

/**
 * One thing that a campaign may say, as approved.
 *
 * @param version from 1; the one that new decisions use
 * @param live whether new decisions may choose it
 * @param exposures decisions for it that were seen or sent
 * @param successes of them, answered by a click or an order
 */
public record Variant(
        String variantId,
        int version,
        boolean live,
        MailTemplate.Source source,
        MailTemplate mail,
        long exposures,
        long successes) {}
