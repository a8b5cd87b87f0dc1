package winback.content.drafts;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
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

    private static final Set<String> OPTIONAL = Set.of("preheader", "ps");

    /** Names of the fields that a mail cannot do without and that are empty. */
    public List<String> missing() {
        return fields((field, text) -> text.isBlank() && !OPTIONAL.contains(field));
    }

    /** Names of the fields with a character that PostgreSQL's text cannot hold. */
    public List<String> withNul() {
        return fields((field, text) -> text.indexOf('\0') >= 0);
    }

    private List<String> fields(BiPredicate<String, String> wanted) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("subject", source.subject());
        fields.put("preheader", source.preheader());
        fields.put("html", source.html());
        fields.put("text", source.text());
        fields.put("cta.label", source.ctaLabel());
        fields.put("cta.url", source.ctaUrl());
        fields.put("ps", source.ps());
        return fields.entrySet().stream()
                .filter(field -> wanted.test(field.getKey(), field.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }
}
