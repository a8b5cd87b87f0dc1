package winback.content.generation;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** How far a draft has come. */
public enum State {
    /** The gate has not let it pass. */
    DRAFT,
    /** It has. */
    GATED,
    /** Somebody, or a policy, lets it out. */
    APPROVED,
    /** New decisions may choose it. */
    LIVE,
    /** Never again. */
    RETIRED;

    /** Those that the gate has let pass, and that it judges again when the day or the brief is another. */
    static final Set<State> PASSED = EnumSet.of(GATED, APPROVED, LIVE);

    /** The others, which no decision chooses. */
    static final Set<State> STOPPED = EnumSet.complementOf(EnumSet.copyOf(PASSED));

    /** As in tables and answers. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static State of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
