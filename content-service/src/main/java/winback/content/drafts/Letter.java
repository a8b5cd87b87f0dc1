package winback.content.drafts;

import java.util.ArrayList;
import java.util.List;
import winback.content.brief.Brief;
import winback.content.templates.MailTemplate;

/**
 * The words of a mail before they have a form. Subject and greeting are templates, everything else is plain text.
 *
 * @param preheader empty for none
 * @param label of the call to action
 * @param url where it leads
 * @param ps empty for none
 */
public record Letter(
        String language,
        String subject,
        String preheader,
        List<String> paragraphs,
        String label,
        String url,
        String ps,
        Frame frame) {

    /**
     * What stands around the words of every mail.
     *
     * @param greeting with the name where it is known
     * @param signoff such as <em>See you soon,</em>
     * @param reason why the reader gets it
     * @param unsubscribe the words of that link
     */
    public record Frame(String greeting, String signoff, String reason, String unsubscribe) {}

    private static final String ELSE = "{% else %}";
    private static final String END = "{% endif %}";

    /** A template that takes the name where it is known. */
    public static String forName(String named, String unnamed) {
        return "{% if subscriber.firstName %}" + named + ELSE + unnamed + END;
    }

    /** Of such a template, or of a line that is for everybody, what is for those whose name is not known. */
    public static String unnamed(String subject) {
        int otherwise = subject.indexOf(ELSE);
        return otherwise < 0 ? subject : subject.substring(otherwise + ELSE.length(), subject.indexOf(END, otherwise));
    }

    /** The templates of the mail, in HTML and as text. */
    public MailTemplate.Source source(Brief brief) {
        String address = brief.footer().company() + ", " + brief.footer().address();
        List<String> body = new ArrayList<>();
        body.add(escaped(frame.greeting()));
        paragraphs.forEach(paragraph -> body.add(escaped(paragraph)));
        List<String> closing = new ArrayList<>();
        closing.add(escaped(frame.signoff()) + "<br>" + escaped(brief.sender().name()));
        if (!ps.isEmpty()) {
            closing.add("{{ content.ps }}");
        }
        List<String> footer = List.of(
                escaped(frame.reason()) + "<br><a href=\"{{ links.unsubscribe }}\" style=\"color:inherit\">"
                        + escaped(frame.unsubscribe()) + "</a>",
                escaped(address));
        return new MailTemplate.Source(
                subject,
                preheader,
                Layout.html(language, new Layout.Parts(body, closing, footer)),
                text(brief, address),
                label,
                url,
                ps);
    }

    private String text(Brief brief, String address) {
        StringBuilder text = new StringBuilder(frame.greeting()).append("\n\n");
        paragraphs.forEach(paragraph -> text.append(paragraph).append("\n\n"));
        text.append("{{ content.cta }}: {{ links.cta }}\n\n");
        text.append(frame.signoff()).append('\n').append(brief.sender().name()).append("\n\n");
        if (!ps.isEmpty()) {
            text.append("{{ content.ps }}\n\n");
        }
        text.append("--\n").append(frame.reason()).append('\n');
        text.append(frame.unsubscribe()).append(": {{ links.unsubscribe }}\n");
        return text.append(address).append('\n').toString();
    }

    /** Of the paragraphs, in words. */
    public int words() {
        return paragraphs.stream()
                .mapToInt(paragraph -> paragraph.split("\\s+", -1).length)
                .sum();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
