package winback.content.drafts;

import org.jspecify.annotations.Nullable;
import winback.content.templates.MailTemplate;

/**
 * A mail that nobody has approved yet.
 *
 * @param language {@code en} or {@code es}
 * @param attributes absent where they are not known, as of mails written by hand
 */
public record Draft(
        String id,
        String language,
        MailTemplate.Source source,
        @Nullable Attributes attributes) {}
