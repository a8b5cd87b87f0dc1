package winback.content.templates;

/** Where the text of a template ends up, which decides how its outputs are made harmless. */
public enum Place {
    /** The mail's HTML: outputs are escaped by their place in it. */
    HTML(100_000),
    /** The mail's plain text: outputs stay on their line and carry no control characters. */
    TEXT(100_000),
    /** A header or a label: as text, and the whole is one line. */
    LINE(1_000),
    /** An absolute http or https URL: outputs are percent-encoded. */
    URL(2_000);

    private final int maxLength;

    Place(int maxLength) {
        this.maxLength = maxLength;
    }

    /** The longest source, in characters. */
    public int maxLength() {
        return maxLength;
    }
}
