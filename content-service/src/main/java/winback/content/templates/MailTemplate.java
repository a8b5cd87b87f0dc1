package winback.content.templates;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The compiled templates of one version of a variant. Immutable and safe for many threads. */
public final class MailTemplate {

    /** A fault in one of the templates. */
    public static final class Fault extends Exception {
        private static final long serialVersionUID = 1;
        private final String field;
        private final String code;
        private final int line;
        private final int column;
        private transient List<Fault> others = List.of();

        Fault(String field, String code, String message) {
            this(field, code, 1, 1, message);
        }

        Fault(String field, String code, int line, int column, String message) {
            super(message);
            this.field = field;
            this.code = code;
            this.line = line;
            this.column = column;
        }

        private static Fault of(String field, TemplateFault fault) {
            return new Fault(
                    field, fault.code().word(), fault.line(), fault.column(), String.valueOf(fault.getMessage()));
        }

        /** Such as {@code cta.url}. */
        public String field() {
            return field;
        }

        /** Such as {@code wrong-template}. */
        public String code() {
            return code;
        }

        /** In the field, from 1. */
        public int line() {
            return line;
        }

        /** In the field, from 1. */
        public int column() {
            return column;
        }

        /** Of further fields, each the first of its field. */
        public List<Fault> others() {
            return others;
        }
    }

    /**
     * The templates as written.
     *
     * @param preheader empty for none
     * @param ps empty for none
     */
    public record Source(
            String subject, String preheader, String html, String text, String ctaLabel, String ctaUrl, String ps) {}

    private final LiquidTemplate subject;
    private final LiquidTemplate preheader;
    private final LiquidTemplate html;
    private final LiquidTemplate text;
    private final LiquidTemplate ctaLabel;
    private final LiquidTemplate ctaUrl;
    private final LiquidTemplate ps;

    private final int longestSubject;
    private final int longestLabel;

    private final Set<String> traits = new HashSet<>();

    /** Of a subject or a label, in characters, unless its template is longer; several times what mail programs show. */
    private static final int LONGEST_LINE = 250;

    private static final int ROOM_BYTES = 256;
    private static final int MOST_USUAL_BYTES = 1 << 16;

    /** What is set aside for one rendering; a guess, which races between threads do not spoil. */
    private volatile int usualBytes = 4096;

    private MailTemplate(Source source, String language) throws Fault {
        subject = compile("subject", source.subject(), Place.LINE, language);
        preheader = compile("preheader", source.preheader(), Place.LINE, language);
        html = compile("html", source.html(), Place.HTML, language);
        text = compile("text", source.text(), Place.TEXT, language);
        ctaLabel = compile("cta.label", source.ctaLabel(), Place.LINE, language);
        ctaUrl = compile("cta.url", source.ctaUrl(), Place.URL, language);
        ps = compile("ps", source.ps(), Place.LINE, language);
        longestSubject = Math.max(LONGEST_LINE, source.subject().length());
        longestLabel = Math.max(LONGEST_LINE, source.ctaLabel().length());
    }

    /**
     * @param language {@code en} or {@code es}
     * @throws Fault with the field, and in its message line and column
     */
    public static MailTemplate compile(Source source, String language) throws Fault {
        MailTemplate mail = parsed(source, language);
        if (!mail.html.unsubscribes()) {
            throw new Fault("html", "no-unsubscribe-link", "needs {{ links.unsubscribe }}, outside of conditions");
        }
        if (!mail.text.unsubscribes()) {
            throw new Fault("text", "no-unsubscribe-link", "needs {{ links.unsubscribe }}, outside of conditions");
        }
        String url = mail.ctaUrl.render(Map.of());
        try {
            java.net.URI uri = new java.net.URI(url);
            if (uri.getHost() == null || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                throw new Fault("cta.url", "wrong-url", "has to be an absolute http or https URL");
            }
        } catch (java.net.URISyntaxException malformed) {
            throw new Fault("cta.url", "wrong-url", "is not a URL: " + malformed.getReason());
        }
        return mail;
    }

    private static MailTemplate parsed(Source source, String language) throws Fault {
        try {
            return new MailTemplate(source, language);
        } catch (Fault first) {
            first.others = Stream.of(
                            fault("subject", source.subject(), Place.LINE, language),
                            fault("preheader", source.preheader(), Place.LINE, language),
                            fault("html", source.html(), Place.HTML, language),
                            fault("text", source.text(), Place.TEXT, language),
                            fault("cta.label", source.ctaLabel(), Place.LINE, language),
                            fault("cta.url", source.ctaUrl(), Place.URL, language),
                            fault("ps", source.ps(), Place.LINE, language))
                    .flatMap(Optional::stream)
                    .filter(fault -> !fault.field().equals(first.field()))
                    .toList();
            throw first;
        }
    }

    private static Optional<Fault> fault(String field, String source, Place place, String language) {
        try {
            LiquidTemplate.compile(source, place, language);
            return Optional.empty();
        } catch (TemplateFault fault) {
            return Optional.of(Fault.of(field, fault));
        }
    }

    private LiquidTemplate compile(String field, String source, Place place, String language) throws Fault {
        try {
            LiquidTemplate template = LiquidTemplate.compile(source, place, language);
            traits.addAll(template.traits());
            return template;
        } catch (TemplateFault fault) {
            throw Fault.of(field, fault);
        }
    }

    /** The first part without which it is no mail and which says nothing for these inputs; null when each says something. */
    public @Nullable String emptyPart(Map<String, ? extends @Nullable Object> inputs) {
        RenderedMail mail = render(inputs);
        if (mail.subject().isBlank()) {
            return "subject";
        }
        if (mail.text().isBlank()) {
            return "text";
        }
        if (mail.html().isBlank()) {
            return "html";
        }
        return mail.cta().label().isBlank() ? "cta.label" : null;
    }

    /** The names of the subscriber's traits that the mail uses. */
    public Set<String> traits() {
        return Collections.unmodifiableSet(traits);
    }

    /** The URL of the call to action for these inputs, before anything is added to it. */
    public String ctaUrl(Map<String, ? extends @Nullable Object> inputs) {
        return ctaUrl.render(inputs);
    }

    /**
     * The same inputs give the same mail, byte for byte.
     *
     * @param inputs {@code subscriber} (traits), {@code campaign} and {@code links} ({@code cta}, {@code unsubscribe})
     * @throws RuntimeException when these values exceed a bound of the sandbox
     */
    public RenderedMail render(Map<String, ? extends @Nullable Object> inputs) {
        return mail(lines(inputs));
    }

    /** As {@link #render}, as the JSON of a {@link RenderedMail} in UTF-8. */
    public JsonBytes renderJson(Map<String, ? extends @Nullable Object> inputs) {
        return json(lines(inputs));
    }

    /**
     * As {@link #render}, for traits that were not tried yet.
     *
     * @throws RuntimeException also when they leave subject or label empty, or blow them up beyond {@value #LONGEST_LINE}
     *     characters
     */
    public RenderedMail renderFirst(Map<String, ? extends @Nullable Object> inputs) {
        return mail(fit(lines(inputs)));
    }

    /** As {@link #renderFirst}, as the JSON of a {@link RenderedMail} in UTF-8. */
    public JsonBytes renderFirstJson(Map<String, ? extends @Nullable Object> inputs) {
        return json(fit(lines(inputs)));
    }

    private Lines fit(Lines lines) {
        check("subject", lines.subject(), longestSubject);
        check("label", lines.label(), longestLabel);
        return lines;
    }

    private static void check(String part, String line, int longest) {
        if (line.isBlank() || line.length() > longest) {
            throw new IllegalStateException(part + " of " + line.length() + " characters");
        }
    }

    private RenderedMail mail(Lines lines) {
        return new RenderedMail(
                lines.subject(),
                lines.preheader(),
                html.render(lines.variables()),
                text.render(lines.variables()),
                new RenderedMail.Cta(lines.label(), lines.url()),
                lines.ps());
    }

    private JsonBytes json(Lines lines) {
        JsonBytes out = new JsonBytes(usualBytes);
        out.raw(SUBJECT);
        out.text(lines.subject());
        out.raw(PREHEADER);
        out.text(lines.preheader());
        out.raw(HTML);
        html.renderJson(lines.variables(), out);
        out.raw(TEXT);
        text.renderJson(lines.variables(), out);
        out.raw(LABEL);
        out.text(lines.label());
        out.raw(URL);
        out.text(lines.url());
        out.raw(PS);
        out.text(lines.ps());
        out.raw(END);
        usualBytes = Math.max(usualBytes, Math.min(out.size() + ROOM_BYTES, MOST_USUAL_BYTES));
        return out;
    }

    private static byte[] ascii(String json) {
        return json.getBytes(StandardCharsets.US_ASCII);
    }

    private static final byte[] SUBJECT = ascii("{\"subject\":\"");
    private static final byte[] PREHEADER = ascii("\",\"preheader\":\"");
    private static final byte[] HTML = ascii("\",\"html\":\"");
    private static final byte[] TEXT = ascii("\",\"text\":\"");
    private static final byte[] LABEL = ascii("\",\"cta\":{\"label\":\"");
    private static final byte[] URL = ascii("\",\"url\":\"");
    private static final byte[] PS = ascii("\"},\"ps\":\"");
    private static final byte[] END = ascii("\"}");

    /**
     * All but the two bodies.
     *
     * @param variables what the bodies see
     */
    private record Lines(
            String subject,
            String preheader,
            String label,
            String url,
            String ps,
            Map<String, @Nullable Object> variables) {}

    private Lines lines(Map<String, ? extends @Nullable Object> inputs) {
        String label = ctaLabel.render(inputs).strip();
        String afterwards = ps.render(inputs).strip();
        String before = preheader.render(inputs).strip();
        Map<String, @Nullable Object> variables = new HashMap<>(inputs);
        variables.put("content", Map.of("preheader", before, "cta", label, "ps", afterwards));
        String url = inputs.get("links") instanceof Map<?, ?> links && links.get("cta") instanceof String link
                ? link
                : ctaUrl.render(inputs);
        return new Lines(subject.render(inputs).strip(), before, label, url, afterwards, variables);
    }
}
