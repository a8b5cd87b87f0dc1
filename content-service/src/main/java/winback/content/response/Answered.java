package winback.content.response;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import winback.content.drafts.Attributes;

/**
 * The answers of one kind of reader to one variant on one day of decisions; only of mails whose attribution window is over.
 *
 * @param reader empty where nothing was known
 * @param subject as written, a template
 * @param attributes absent for mails written by hand
 * @param exposures at least 1
 * @param successes at most {@code exposures}
 */
record Answered(
        String campaignId,
        String variantId,
        String language,
        String reader,
        String subject,
        @Nullable Attributes attributes,
        LocalDate day,
        long exposures,
        long successes) {}
