package winback.content.gate;

import java.util.List;
import java.util.Map;

/**
 * What the gate says of a draft.
 *
 * @param verdict {@code pass} or {@code block}
 * @param codes empty when it passes
 * @param rubric 0 to 100, see {@link Rubric}
 * @param parts points of each part of the rubric
 */
public record Verdict(String id, String verdict, List<Finding> codes, int rubric, Map<String, Integer> parts) {

    static final String PASS = "pass";
    static final String BLOCK = "block";

    /** Of what cannot be read as a draft. */
    public static Verdict unreadable(String id, String place, String detail) {
        return new Verdict(id, BLOCK, List.of(new Finding("unreadable-draft", place, detail)), 0, Map.of());
    }

    /** For a reason that only who keeps the drafts knows. */
    public static Verdict blocked(String id, Finding finding) {
        return new Verdict(id, BLOCK, List.of(finding), 0, Map.of());
    }

    public boolean passes() {
        return verdict.equals(PASS);
    }
}
