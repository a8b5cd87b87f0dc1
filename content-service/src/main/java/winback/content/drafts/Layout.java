package winback.content.drafts;

import ch.digitalfondue.mjml4j.Mjml4j;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where the paragraphs of a mail stand: MJML, compiled once for each language, then filled. One column that gets narrow on
 * a phone, colours for light and dark, no image, no font from elsewhere.
 */
final class Layout {

    private static final String PREHEADER = "@@PREHEADER@@";
    private static final String BODY = "@@BODY@@";
    private static final String CLOSING = "@@CLOSING@@";
    private static final String FOOTER = "@@FOOTER@@";

    private static final Map<String, String> COMPILED = new ConcurrentHashMap<>();

    private Layout() {}

    /**
     * @param body before the call to action; paragraphs of HTML
     * @param closing after it
     */
    record Parts(List<String> body, List<String> closing, List<String> footer) {}

    static String html(String language, Parts parts) {
        return COMPILED.computeIfAbsent(language, Layout::compiled)
                .replace(PREHEADER, "{{ content.preheader }}")
                .replace(BODY, paragraphs(parts.body()))
                .replace(CLOSING, paragraphs(parts.closing()))
                .replace(FOOTER, paragraphs(parts.footer()));
    }

    private static String paragraphs(List<String> paragraphs) {
        StringBuilder html = new StringBuilder();
        for (String paragraph : paragraphs) {
            html.append("<p style=\"margin:0 0 16px\">").append(paragraph).append("</p>");
        }
        return html.toString();
    }

    private static String compiled(String language) {
        return Mjml4j.render("""
                <mjml lang="%s">
                  <mj-head>
                    <mj-preview>@@PREHEADER@@</mj-preview>
                    <mj-raw><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></mj-raw>
                    <mj-attributes>
                      <mj-all font-family="Georgia, 'Times New Roman', serif" />
                      <mj-text font-size="17px" line-height="26px" color="#1f2328" padding="0 24px" />
                    </mj-attributes>
                    <mj-style>
                      @media (prefers-color-scheme: dark) {
                        body, body > div, .page { background: #16181c !important; }
                        .words div { color: #e8e6e3 !important; }
                        .small div, .small a { color: #a8a5a0 !important; }
                      }
                    </mj-style>
                  </mj-head>
                  <mj-body width="560px" background-color="#ffffff">
                    <mj-section css-class="page" padding="32px 0 0"><mj-column>
                      <mj-text css-class="words">@@BODY@@</mj-text>
                      <mj-button href="{{ links.cta }}" align="left" background-color="#8a3b12" color="#ffffff" font-size="17px" border-radius="6px" inner-padding="14px 26px" padding="4px 24px 24px">{{ content.cta }}</mj-button>
                      <mj-text css-class="words">@@CLOSING@@</mj-text>
                    </mj-column></mj-section>
                    <mj-section css-class="page" padding="8px 0 32px"><mj-column>
                      <mj-text css-class="small" font-size="13px" line-height="19px" color="#6a6762">@@FOOTER@@</mj-text>
                    </mj-column></mj-section>
                  </mj-body>
                </mjml>
                """.formatted(language), new Mjml4j.Configuration(language));
    }
}
