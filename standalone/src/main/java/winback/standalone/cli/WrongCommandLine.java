package winback.standalone.cli;

/** A command line that cannot be meant: exit code 2. */
public final class WrongCommandLine extends CommandFailed {

    private static final long serialVersionUID = 1;

    public WrongCommandLine(String sentence) {
        super(sentence);
    }

    public WrongCommandLine(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
