package winback.content.templates;

/**
 * A mail's words, ready to be sent.
 *
 * @param preheader empty when the variant has none
 * @param ps empty when the variant has none
 */
public record RenderedMail(String subject, String preheader, String html, String text, Cta cta, String ps) {

    /**
     * What the mail asks for.
     *
     * @param url absolute, http or https
     */
    public record Cta(String label, String url) {}
}
