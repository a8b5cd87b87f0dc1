package winback.content.templates;

/** A template that must not be used, with the place of the fault. */
public final class TemplateFault extends Exception {

    private static final long serialVersionUID = 1;

    /** What is wrong, stable and for programs. */
    enum Code {
        WRONG_TEMPLATE("wrong-template"),
        UNKNOWN_PLACEHOLDER("unknown-placeholder"),
        TOO_LONG("too-long");

        private final String word;

        Code(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    private final transient Code code;
    private final int line;
    private final int column;

    TemplateFault(int line, int column, String message) {
        this(Code.WRONG_TEMPLATE, line, column, message);
    }

    TemplateFault(Code code, int line, int column, String message) {
        super(message + " (line " + line + ", column " + column + ")");
        this.code = code;
        this.line = line;
        this.column = column;
    }

    Code code() {
        return code;
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
