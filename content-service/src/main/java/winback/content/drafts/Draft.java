package winback.content.drafts;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        @Nullable Attributes attributes) {

    /** Names of the fields that a mail cannot do without and that are empty. */
    public List<String> missing() {
        Map<String, String> needed = new LinkedHashMap<>();
        needed.put("subject", source.subject());
        needed.put("html", source.html());
        needed.put("text", source.text());
        needed.put("cta.label", source.ctaLabel());
        needed.put("cta.url", source.ctaUrl());
        needed.values().removeIf(text -> !text.isBlank());
        return List.copyOf(needed.keySet());
    }
}
