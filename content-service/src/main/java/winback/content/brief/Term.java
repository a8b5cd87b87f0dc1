package winback.content.brief;

/**
 * A noun phrase without an article, such as <em>stoneware bowls</em> or <em>cuencos de gres</em>, or a proper name, and what
 * other words have to know of it to agree with it.
 *
 * @param text as it stands within a sentence
 * @param feminine in Spanish; false in English
 * @param bare whether no article or determiner is put before it: it brings its own, as <em>The Lighthouse</em> does, or wants
 *     none
 */
public record Term(String text, boolean feminine, boolean plural, boolean bare) {

    /** One that sentences give an article. */
    public Term(String text, boolean feminine, boolean plural) {
        this(text, feminine, plural, false);
    }

    /** Whether English has no <em>a</em> for it. */
    public boolean isUncountable() {
        return Nouns.isUncountable(text);
    }
}
