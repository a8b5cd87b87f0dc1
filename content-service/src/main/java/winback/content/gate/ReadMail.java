package winback.content.gate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;
import winback.content.brief.Brief;
import winback.content.drafts.Draft;
import winback.content.templates.MailTemplate;
import winback.content.templates.RenderedMail;

/** A draft as its readers see it: rendered for somebody who is known by name and for somebody who is not. */
final class ReadMail {

    static final String SUBJECT = "subject";
    static final String PREHEADER = "preheader";
    static final String HTML = "html";
    static final String TEXT = "text";
    static final String LABEL = "cta.label";
    static final String URL = "cta.url";
    static final String PS = "ps";

    /** Where the unsubscribe link leads in these renderings. */
    static final String UNSUBSCRIBE = "https://unsubscribe.invalid/u";

    private static final Pattern LIQUID = Pattern.compile("(?s)\\{\\{.*?}}|\\{%.*?%}");

    /** A field as read, without markup. */
    record Field(String name, String words) {}

    private final Draft draft;
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final List<Field> fields = new ArrayList<>();
    private final List<Document> documents = new ArrayList<>();

    private ReadMail(Draft draft) {
        this.draft = draft;
        MailTemplate.Source source = draft.source();
        sources.put(SUBJECT, source.subject());
        sources.put(PREHEADER, source.preheader());
        sources.put(HTML, source.html());
        sources.put(TEXT, source.text());
        sources.put(LABEL, source.ctaLabel());
        sources.put(URL, source.ctaUrl());
        sources.put(PS, source.ps());
    }

    /** @param template null when it does not compile: then the sources themselves are read */
    static ReadMail of(Draft draft, @Nullable MailTemplate template, Brief brief) {
        ReadMail mail = new ReadMail(draft);
        if (template == null) {
            mail.sources.forEach((name, source) -> {
                String words = LIQUID.matcher(source).replaceAll(" ");
                if (name.equals(HTML)) {
                    mail.html(words);
                } else {
                    mail.field(name, words);
                }
            });
            return mail;
        }
        for (boolean named : new boolean[] {false, true}) {
            Map<String, Object> traits = new HashMap<>();
            if (named) {
                brief.traits().forEach(trait -> traits.put(trait, trait.equals("firstName") ? "Antonia" : "Valencia"));
            }
            String cta = template.ctaUrl(Map.of("subscriber", traits));
            RenderedMail read = template.render(Map.of(
                    "subscriber", traits,
                    "campaign",
                            Map.of("id", brief.campaignId(), "name", brief.campaignId(), "language", draft.language()),
                    "links", Map.of("cta", cta, "unsubscribe", UNSUBSCRIBE)));
            mail.field(SUBJECT, read.subject());
            mail.field(PREHEADER, read.preheader());
            mail.html(read.html());
            mail.field(TEXT, read.text());
            mail.field(LABEL, read.cta().label());
            mail.field(URL, read.cta().url());
            mail.field(PS, read.ps());
        }
        return mail;
    }

    /** What reads the same for both is looked at once. */
    private void field(String name, String words) {
        Field field = new Field(name, words);
        if (!fields.contains(field)) {
            fields.add(field);
        }
    }

    private void html(String html) {
        Document document = Jsoup.parse(html);
        documents.add(document);
        StringBuilder words = new StringBuilder(byLines(document));
        for (Element element : document.select("[alt], [title]")) {
            words.append(' ').append(element.attr("alt")).append(' ').append(element.attr("title"));
        }
        field(HTML, words.toString().strip());
    }

    /** Paragraphs on lines of their own, so that the end of one and the beginning of the next are not read as one. */
    private static String byLines(Document document) {
        Document copy = document.clone();
        copy.select("p, li, h1, h2, h3, h4, tr, td, div, br").after("\n");
        return copy.body().wholeText().replaceAll("[ \\t\\u00a0]+", " ").replaceAll("\\s*\\n\\s*", "\n");
    }

    Draft draft() {
        return draft;
    }

    /** What is read, the one without a name first; fields of both renderings. */
    List<Field> fields() {
        return fields;
    }

    /** As written, by field. */
    Map<String, String> sources() {
        return sources;
    }

    /** The HTML of each rendering. */
    List<Document> documents() {
        return documents;
    }

    /** The first rendering of a field, in which no name is known. */
    String unnamed(String field) {
        return fields.stream()
                .filter(one -> one.name().equals(field))
                .map(Field::words)
                .findFirst()
                .orElse("");
    }

    /** Field, line and column of where that is written; the field alone when it is not written so. */
    String place(String field, String what) {
        String source = sources.getOrDefault(field, "");
        int at = source.indexOf(what);
        if (at < 0) {
            at = source.toLowerCase(Locale.ROOT).indexOf(what.toLowerCase(Locale.ROOT));
        }
        if (at < 0) {
            return field;
        }
        String before = source.substring(0, at);
        long line = 1 + before.chars().filter(c -> c == '\n').count();
        return field + ":" + line + ":" + (at - before.lastIndexOf('\n'));
    }
}
