package winback.content.brief;

import java.util.List;
import winback.chassis.problems.Problem.Fault;

/** A brief that nothing must be written from, with everything that is wrong with it. */
public final class FaultyBrief extends Exception {

    private static final long serialVersionUID = 1;

    private final transient List<Fault> faults;

    FaultyBrief(List<Fault> faults) {
        super(faults.getFirst().field() + ": " + faults.getFirst().detail());
        this.faults = List.copyOf(faults);
    }

    /** At least one, in the order of the brief. */
    public List<Fault> faults() {
        return faults;
    }

    /** The same where the brief is a {@code brief} of something else. */
    public List<Fault> faultsWithin() {
        return faults.stream()
                .map(fault -> new Fault(
                        fault.field().equals(BriefReader.WHOLE)
                                ? fault.field()
                                : BriefReader.WHOLE + "." + fault.field(),
                        fault.code(),
                        fault.detail()))
                .toList();
    }
}
