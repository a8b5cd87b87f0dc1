package winback.content.gate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.TextNode;
import org.jspecify.annotations.Nullable;
import winback.content.brief.Brief;
import winback.content.drafts.Draft;
import winback.content.templates.MailTemplate;
import winback.content.templates.RenderedMail;

/**
 * A draft as its readers see it: rendered for somebody of whom all is known and for somebody of whom nothing is. What depends on
 * more than that, such as a branch for one city, is rendered for who is of that city, and read as it is written.
 */
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

    /** Whether something is known: the two renderings say what is in either branch. */
    private static final Pattern IF_KNOWN = Pattern.compile("\\{%-?\\s*(?:if|unless)\\s+subscriber\\.\\w+\\s*-?%}");

    private static final Pattern ELSE_OR_END = Pattern.compile("\\{%-?\\s*(?:else|endif|endunless)\\s*-?%}");

    /** A value, or what stands for it where it is not known. */
    private static final Pattern VALUE =
            Pattern.compile("\\{\\{-?\\s*[\\w.]+\\s*(?:\\|\\s*(?:default:\\s*(?:\"[^\"]*\"|'[^']*')|\\w+)\\s*)*-?}}");

    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"|'([^']*)'");

    private static final int MOST_LITERALS = 60;

    /** What designers put behind a preheader, so that mailboxes show nothing of the mail beside it. */
    private static final Pattern FILLER = Pattern.compile("[\\s\\p{Z}\\p{Cf}\\u034f]*");

    private static final Pattern UNSHOWN = Pattern.compile("(?i)display\\s*:\\s*none");

    private static final Pattern NOT_IN_OUTLOOK = Pattern.compile(
            "(?is)<!(?:--)?\\[if[^\\]]*!\\s*(?:\\(?\\s*)?(?:mso|vml|ie)[^\\]]*]>.*?<!\\[endif](?:--)?>");
    private static final Pattern IN_OUTLOOK =
            Pattern.compile("(?i)<!(?:--)?\\[if[^\\]]*](?:-->|>)(?:<!-->)?|(?:<!--)?<!\\[endif](?:--)?>");

    /** Of Word, which shows nothing of it. */
    private static final Pattern SETTINGS = Pattern.compile(
            "(?is)(?:<noscript>\\s*)?<xml>(?:\\s|</?[ow]:\\w+(?: xmlns(?::\\w)?=\"[\\w:.-]*\")?\\s*/?>|\\w+)*</xml>(?:\\s*</noscript>)?");

    /** A field as read, without markup. */
    record Field(String name, String words) {}

    private final Draft draft;
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final List<Field> fields = new ArrayList<>();
    private final List<Field> branches = new ArrayList<>();
    private final List<Document> documents = new ArrayList<>();
    private final List<Document> outlook = new ArrayList<>();

    private final Set<String> readers = new HashSet<>();

    private boolean rendered;

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
        mail.rendered = template != null;
        if (template == null) {
            mail.sources.forEach((name, source) -> {
                String words = LIQUID.matcher(linked(source, brief)).replaceAll(" ");
                if (name.equals(HTML)) {
                    mail.html(words);
                } else {
                    mail.field(name, words);
                }
            });
            return mail;
        }
        List<Map<String, Object>> readers = new ArrayList<>();
        readers.add(Map.of());
        readers.add(brief.traits().stream()
                .collect(
                        Collectors.toMap(trait -> trait, trait -> trait.equals("firstName") ? "Antonia" : "Valencia")));
        for (String value : mail.literals()) {
            readers.add(brief.traits().stream().collect(Collectors.toMap(trait -> trait, trait -> value)));
        }
        for (Map<String, Object> traits : readers) {
            traits.values().forEach(value -> mail.readers.add(value.toString()));
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
        mail.sources.forEach((name, source) -> {
            if (!isReadWhole(source)) {
                mail.branch(name, LIQUID.matcher(source).replaceAll(""));
                if (name.equals(HTML)) {
                    mail.document(LIQUID.matcher(linked(source, brief)).replaceAll(""));
                }
                mail.branch(
                        name, LIQUID.matcher(source).replaceAll(tag -> Matcher.quoteReplacement(texts(tag.group()))));
            }
        });
        return mail;
    }

    /** What templates compare with, and each word of it, where the two renderings do not say all: somebody may be called so. */
    private Set<String> literals() {
        Set<String> literals = new LinkedHashSet<>();
        sources.values().stream().filter(source -> !isReadWhole(source)).forEach(source -> {
            Matcher tag = LIQUID.matcher(source);
            while (tag.find()) {
                Matcher quoted = QUOTED.matcher(tag.group());
                while (quoted.find()) {
                    String text = quoted.group(1) == null ? quoted.group(2) : quoted.group(1);
                    literals.add(text);
                    literals.addAll(List.of(text.strip().split("\\s+", -1)));
                }
            }
        });
        return literals.stream()
                .filter(literal -> !literal.isBlank())
                .limit(MOST_LITERALS)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** With the addresses that rendering would have put there, so that their absence is not told of what does not compile. */
    private static String linked(String source, Brief brief) {
        return source.replaceAll("\\{\\{-?\\s*links\\.unsubscribe\\s*-?}}", UNSUBSCRIBE)
                .replaceAll(
                        "\\{\\{-?\\s*links\\.cta\\s*-?}}",
                        Matcher.quoteReplacement(brief.links().home()));
    }

    /** Whether no word of the source can stay unread in the two renderings. */
    private static boolean isReadWhole(String source) {
        Matcher tag = LIQUID.matcher(source);
        int depth = 0;
        while (tag.find()) {
            String text = tag.group();
            if (IF_KNOWN.matcher(text).matches()) {
                depth++;
            } else if (ELSE_OR_END.matcher(text).matches()) {
                depth -= text.contains("end") ? 1 : 0;
            } else if (!VALUE.matcher(text).matches()) {
                return false;
            }
            // Within each other they may depend on two things, of which the renderings know both or none.
            if (depth > 1) {
                return false;
            }
        }
        return true;
    }

    /** The texts that a tag contains, on a line of their own. */
    private static String texts(String tag) {
        StringBuilder texts = new StringBuilder("\n");
        Matcher quoted = QUOTED.matcher(tag);
        while (quoted.find()) {
            texts.append(quoted.group(1) == null ? quoted.group(2) : quoted.group(1))
                    .append('\n');
        }
        return texts.toString();
    }

    private void branch(String name, String source) {
        branches.add(new Field(name, name.equals(HTML) ? byLines(Jsoup.parse(source)) : source));
    }

    /** What reads the same for both is looked at once. */
    private void field(String name, String words) {
        Field field = new Field(name, words);
        if (!fields.contains(field)) {
            fields.add(field);
        }
    }

    private void html(String html) {
        Document document = document(html);
        StringBuilder words = new StringBuilder(byLines(document));
        for (Element element : document.select("[alt], [title], [aria-label], [summary], [label], [placeholder]")) {
            for (String name : List.of("alt", "title", "aria-label", "summary", "label", "placeholder")) {
                words.append('\n').append(element.attr(name));
            }
        }
        document.select("title").forEach(title -> words.append('\n').append(title.text()));
        field(HTML, words.toString().strip());
    }

    /** As most programs read it and, where it has words for that, as Outlook does. */
    private Document document(String html) {
        Document document = parsed(html);
        documents.add(document);
        String lower = html.toLowerCase(Locale.ROOT);
        if (lower.contains("[if") || lower.contains("<![endif]") || lower.contains("mso-")) {
            outlook.add(parsed(inOutlook(html)));
        }
        return document;
    }

    private static Document parsed(String html) {
        Document document = Jsoup.parse(html);
        document.select("[style*=display]").stream()
                .filter(element -> UNSHOWN.matcher(element.attr("style")).find())
                .forEach(ReadMail::withoutFiller);
        return document;
    }

    /** What keeps mailboxes from showing more than the preheader. */
    private static void withoutFiller(Element element) {
        if (FILLER.matcher(element.text()).matches()) {
            element.empty();
        } else if (element.lastChild() instanceof TextNode last) {
            String text = last.getWholeText();
            int end = text.length();
            while (end > 0 && FILLER.matcher(text.substring(end - 1, end)).matches()) {
                end--;
            }
            last.text(text.substring(0, end));
        }
    }

    private static String inOutlook(String html) {
        String shown = NOT_IN_OUTLOOK.matcher(html).replaceAll("");
        String opened = IN_OUTLOOK.matcher(shown).replaceAll(" ");
        return SETTINGS.matcher(opened).replaceAll("");
    }

    /** Paragraphs on lines of their own, so that the end of one and the beginning of the next are not read as one. */
    static String byLines(Document document) {
        Document copy = document.clone();
        copy.nodeStream(TextNode.class)
                .forEach(text -> text.text(text.getWholeText().replaceAll("[\\s\\u00a0]+", " ")));
        copy.select("p, li, h1, h2, h3, h4, tr, td, div, br").after("\n");
        copy.select("p, li, h1, h2, h3, h4, div").before("\n");
        return copy.body().wholeText().replaceAll("[ \\t\\u00a0]+", " ").replaceAll("\\s*\\n\\s*", "\n");
    }

    /** Whether this is what readers would see, not what is written in templates. */
    boolean isRendered() {
        return rendered;
    }

    Draft draft() {
        return draft;
    }

    /** What is read, the one without a name first; fields of both renderings. */
    List<Field> fields() {
        return fields;
    }

    /** What somebody is called in one of the renderings. */
    Set<String> readers() {
        return Collections.unmodifiableSet(readers);
    }

    /** {@link #fields}, and all branches of those templates in which it depends on more who reads what. */
    List<Field> everything() {
        return Stream.concat(fields.stream(), branches.stream()).toList();
    }

    /** As written, by field. */
    Map<String, String> sources() {
        return sources;
    }

    /** The HTML of each rendering, and of all branches together. */
    List<Document> documents() {
        return documents;
    }

    /** Likewise, as Outlook reads those that have something for it alone; it knows no dark screens. */
    List<Document> outlook() {
        return outlook;
    }

    /** The first rendering of a field, in which no name is known. */
    String unnamed(String field) {
        return fields.stream()
                .filter(one -> one.name().equals(field))
                .map(Field::words)
                .findFirst()
                .orElse("");
    }

    /** The same with blanks between any of its characters, of which a reading may have kept fewer. */
    private static Pattern spaced(String what) {
        return Pattern.compile(
                what.codePoints()
                        .filter(c -> !Character.isWhitespace(c))
                        .mapToObj(c -> Pattern.quote(Character.toString(c)))
                        .collect(Collectors.joining("(?:[\\s\\u00a0\\u202f]|&nbsp;)*")),
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    private static final Pattern UNREAD =
            Pattern.compile("(?s)\\{\\{.*?}}|\\{%.*?%}|<style.*?</style>|<!--.*?-->|</?[A-Za-z][^<>]*>");

    /** Field, line and column of where that is written; the field alone when it is not written so. */
    String place(String field, String what) {
        String source = sources.getOrDefault(field, "");
        Pattern words = Pattern.compile("(?<![\\p{L}\\p{N}](?=[\\p{L}\\p{N}]))" + Pattern.quote(what)
                + "(?!(?<=[\\p{L}\\p{N}])[\\p{L}\\p{N}])");
        // What stands there to be read, before what a template or a style says alike.
        Matcher read = words.matcher(UNREAD.matcher(source)
                .replaceAll(unread -> " ".repeat(unread.group().length())));
        Matcher written = words.matcher(source);
        int at = read.find() ? read.start() : written.find() ? written.start() : source.indexOf(what);
        if (at < 0) {
            at = source.toLowerCase(Locale.ROOT).indexOf(what.toLowerCase(Locale.ROOT));
        }
        if (at < 0) {
            Matcher spaced = spaced(what).matcher(source);
            at = spaced.find() ? spaced.start() : -1;
        }
        if (at < 0) {
            return field;
        }
        String before = source.substring(0, at);
        long line = 1 + before.chars().filter(c -> c == '\n').count();
        return field + ":" + line + ":" + (at - before.lastIndexOf('\n'));
    }
}
