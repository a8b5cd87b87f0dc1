package winback.standalone.cli;

/** What a verb of the launcher does. */
@FunctionalInterface
public interface Command {

    /**
     * Runs to its end.
     *
     * @return the exit code
     * @throws CommandFailed when it cannot do its work
     */
    int run(Arguments arguments) throws Exception;
}
