package winback.content.brief;

/**
 * A noun phrase without an article, such as <em>stoneware bowls</em> or <em>cuencos de gres</em>, and what other words have
 * to know of it to agree with it.
 *
 * @param text as it stands within a sentence
 * @param feminine in Spanish; false in English
 */
public record Term(String text, boolean feminine, boolean plural) {

    /** Whether English has no <em>a</em> for it. */
    public boolean isUncountable() {
        return Nouns.isUncountable(text);
    }
}
