package winback.content.gate;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

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

    /** How many mails are blocked, and how many of them for each code: {@code 3 blocked by the gate (claim-outside-brief 2, …)}. */
    public static String blocked(Collection<Verdict> blocked) {
        Map<String, Long> codes = blocked.stream()
                .flatMap(verdict -> verdict.codes().stream().map(Finding::code).distinct())
                .collect(Collectors.groupingBy(code -> code, TreeMap::new, Collectors.counting()));
        return blocked.size() + " blocked by the gate"
                + codes.entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                        .map(code -> code.getKey() + " " + code.getValue())
                        .collect(Collectors.collectingAndThen(
                                Collectors.joining(", "), all -> all.isEmpty() ? "" : " (" + all + ")"));
    }

    /** Whether it speaks of what the brief no longer has, or says otherwise. */
    public boolean isOutdated() {
        return codes.stream().anyMatch(finding -> finding.place().equals(FACTS));
    }

    public boolean passes() {
        return verdict.equals(PASS);
    }
}
