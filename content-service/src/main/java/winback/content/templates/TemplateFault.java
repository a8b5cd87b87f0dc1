package winback.content.templates;

/** A template that must not be used, with the place of the fault. */
public final class TemplateFault extends Exception {

    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;

    TemplateFault(int line, int column, String message) {
        super(message + " (line " + line + ", column " + column + ")");
        this.line = line;
        this.column = column;
    }

    /** From 1. */
    public int line() {
        return line;
    }

    /** From 1. */
    public int column() {
        return column;
    }
}
