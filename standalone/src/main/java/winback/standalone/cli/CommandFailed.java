package winback.standalone.cli;

/** A command that cannot do its work; the message is a sentence for the person at the terminal. */
public class CommandFailed extends RuntimeException {

    private static final long serialVersionUID = 1;

    public CommandFailed(String sentence) {
        super(sentence);
    }

    public CommandFailed(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
