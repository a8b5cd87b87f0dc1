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

    /** The place of what a mail as a whole speaks of. */
    static final String FACTS = "facts";

    /** Of what cannot be read as a draft. */
    public static Verdict unreadable(String id, String place, String detail) {
        return new Verdict(id, BLOCK, List.of(new Finding("unreadable-draft", place, detail)), 0, Map.of());
    }

    /** Of a draft that says what the brief has said otherwise since, as only who keeps both knows. */
    public static Verdict outdated(String id, String what) {
        return new Verdict(
                id,
                BLOCK,
                List.of(new Finding(Claims.CLAIM, FACTS, what + ": the brief says otherwise now")),
                0,
                Map.of());
    }

    /** Whether it speaks of what the brief no longer has, or says otherwise. */
    public boolean isOutdated() {
        return codes.stream().anyMatch(finding -> finding.place().equals(FACTS));
    }

    public boolean passes() {
        return verdict.equals(PASS);
    }
}
