package winback.content.llm;

/** A call that gave nothing to work with. */
final class CallFailed extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String outcome;
    private final boolean passing;

    /**
     * @param outcome as in {@link Call}
     * @param detail never what the endpoint wrote, which may repeat the key
     * @param passing whether the same may go well a little later
     */
    CallFailed(String outcome, String detail, boolean passing) {
        super(detail);
        this.outcome = outcome;
        this.passing = passing;
    }

    String outcome() {
        return outcome;
    }

    /** Outcome and detail in one line. */
    String told() {
        return outcome + ": " + getMessage();
    }

    boolean isPassing() {
        return passing;
    }
}
