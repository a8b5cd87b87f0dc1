package winback.content.drafts;

import java.util.Set;
import tools.jackson.databind.JsonNode;
import winback.content.templates.MailTemplate;

/**
 * Drafts as callers write them: {@code {id, language, subject, preheader, html, text, cta: {label, url}, ps}}. What is left out
 * is empty, for the gate to find.
 */
public final class DraftReader {

    private static final Set<String> FIELDS =
            Set.of("id", "language", "subject", "preheader", "html", "text", "cta", "ps", "attributes");

    private DraftReader() {}

    /**
     * @param otherwise what it is called when it has no id
     * @throws IllegalArgumentException with a sentence, when it is not a draft
     */
    public static Draft read(JsonNode json, String otherwise) {
        return read(json, otherwise, "");
    }

    /**
     * @param usual language of drafts that do not say; empty for none
     */
    public static Draft read(JsonNode json, String otherwise, String usual) {
        if (!json.isObject()) {
            throw new IllegalArgumentException("a draft has to be an object");
        }
        for (String field : json.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw new IllegalArgumentException(field + " is not a field of a draft");
            }
        }
        String said = text(json, "language");
        String language = said.isEmpty() ? usual : said;
        if (!language.equals("en") && !language.equals("es")) {
            throw new IllegalArgumentException("language has to be en or es");
        }
        String id = text(json, "id");
        return new Draft(
                id.isEmpty() ? otherwise : id,
                language,
                new MailTemplate.Source(
                        text(json, "subject"),
                        text(json, "preheader"),
                        text(json, "html"),
                        text(json, "text"),
                        text(json.path("cta"), "label"),
                        text(json.path("cta"), "url"),
                        text(json, "ps")),
                null);
    }

    /** The id of whatever this is, to tell of it; another one where it has none. */
    public static String id(JsonNode json, String otherwise) {
        JsonNode id = json.path("id");
        return id.isString() && !id.stringValue().isBlank() ? id.stringValue() : otherwise;
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isString()) {
            throw new IllegalArgumentException(field + " has to be a text");
        }
        return value.stringValue();
    }
}
