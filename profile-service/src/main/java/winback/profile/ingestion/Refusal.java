package winback.profile.ingestion;

import winback.chassis.problems.Problem.Fault;

/** Why a call is not taken. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1;
    private final transient Fault fault;

    /**
     * @param field the path within the call
     */
    Refusal(String field, String code, String detail) {
        super(detail, null, false, false);
        this.fault = new Fault(field, code, detail);
    }

    Fault fault() {
        return fault;
    }
}
